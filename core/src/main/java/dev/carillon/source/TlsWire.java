package dev.carillon.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The bytes of one connection of a reactor, under TLS: the server's side. */
final class TlsWire implements Wire {
  /*
   * The engine turns what is read into plain bytes and answers of its own, and plain bytes into
   * what is written. Two buffers are shared by all connections of a reactor; a connection has bytes
   * of its own only while a record has come in part (`rest`), or could not be written (`pending`).
   * A read finds at most as much as one of the shared buffers holds, which is less than the plain
   * bytes have room for; so nothing that could be read stays behind in here.
   *
   * What the engine has to compute for a handshake it computes on the reactor's thread. Once that
   * is over, records that carry no data, such as those that ask for new keys, are worth nothing to
   * us and cost more than data: there may be as many of them in a row as BoringSSL allows. What
   * the engine answers to them waits within a bound, since it may not be taken.
   */
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int MOST_EMPTY = 32;
  private static final int MOST_PENDING = 2 * Buffers.SIZE;

  /** Buffers that all connections of a reactor share: empty between two calls. */
  static final class Buffers {
    private static final int SIZE = 40 << 10; // two records

    private final SSLContext context;
    private final ByteBuffer in = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer out = ByteBuffer.allocateDirect(SIZE);

    Buffers(SSLContext context) {
      this.context = context;
    }
  }

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final Buffers buffers;
  private byte @Nullable [] rest; // of what was read
  private @Nullable ByteBuffer pending; // to be written
  private boolean isReady;
  private boolean isOver; // the other side said so
  private int empty; // records without data, in a row

  TlsWire(SocketChannel channel, Buffers buffers) {
    this.channel = channel;
    this.buffers = buffers;
    this.engine = buffers.context.createSSLEngine();
    engine.setUseClientMode(false);
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    ByteBuffer in = buffers.in.clear();
    if (rest != null) {
      in.put(rest);
      rest = null;
    }
    int count = channel.read(in);
    int before = into.position();
    unwrap(in.flip(), into);
    if (in.hasRemaining()) {
      rest = new byte[in.remaining()];
      in.get(rest);
    }
    int plain = into.position() - before;
    return plain == 0 && (isOver || count < 0) ? -1 : plain;
  }

  @Override
  public boolean isOver() {
    return isOver;
  }

  private void unwrap(ByteBuffer in, ByteBuffer into) throws IOException {
    while (!isOver) {
      SSLEngineResult result = engine.unwrap(in, into);
      if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
        return;
      }
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        throw new SSLException("a record is larger than records are: " + into);
      }
      count(result);
      isOver = result.getStatus() == Status.CLOSED;
      boolean hasAnswered = answer(result.getHandshakeStatus());
      if (!in.hasRemaining() && !hasAnswered) {
        return;
      }
    }
  }

  private void count(SSLEngineResult result) throws SSLException {
    if (result.bytesProduced() > 0 || !isReady) {
      empty = 0;
    } else if (result.bytesConsumed() > 0 && ++empty > MOST_EMPTY) {
      throw new SSLException("more than %d records without data in a row".formatted(MOST_EMPTY));
    }
  }

  /** Does what the engine asks for: {@return whether it asked for something} */
  private boolean answer(HandshakeStatus first) throws IOException {
    HandshakeStatus status = first;
    boolean hasAnswered = false;
    while (status == HandshakeStatus.NEED_TASK || status == HandshakeStatus.NEED_WRAP) {
      hasAnswered = true;
      if (status == HandshakeStatus.NEED_TASK) {
        for (Runnable task = engine.getDelegatedTask();
            task != null;
            task = engine.getDelegatedTask()) {
          task.run();
        }
        status = engine.getHandshakeStatus();
      } else {
        SSLEngineResult result = engine.wrap(NOTHING.duplicate(), buffers.out.clear());
        send(buffers.out.flip());
        status = result.getHandshakeStatus();
        if (result.getStatus() == Status.CLOSED) {
          break;
        }
      }
      isReady |= status == HandshakeStatus.FINISHED;
    }
    isReady |= status == HandshakeStatus.FINISHED;
    return hasAnswered;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    ByteBuffer left = pending;
    if (left != null) {
      channel.write(left);
      if (left.hasRemaining()) {
        return 0;
      }
      pending = null;
    }
    int before = from.position();
    int record = engine.getSession().getPacketBufferSize();
    while (from.hasRemaining() && pending == null) {
      ByteBuffer out = buffers.out.clear();
      while (from.hasRemaining() && out.remaining() >= record) {
        SSLEngineResult result = engine.wrap(from, out);
        if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
          throw new SSLException("nothing can be sent: " + result);
        }
      }
      send(out.flip());
    }
    return from.position() - before;
  }

  /** Writes bytes behind those that wait, and keeps what cannot be written. */
  private void send(ByteBuffer out) throws IOException {
    ByteBuffer left = pending;
    if (left == null) {
      channel.write(out);
    }
    if (out.hasRemaining()) {
      int size = (left == null ? 0 : left.remaining()) + out.remaining();
      if (size > MOST_PENDING) {
        throw new SSLException(
            "%d bytes wait to be taken by the other side, at most %d"
                .formatted(size, MOST_PENDING));
      }
      ByteBuffer all = ByteBuffer.allocate(size);
      if (left != null) {
        all.put(left);
      }
      pending = all.put(out).flip();
    }
  }

  @Override
  public boolean hasUnsent() {
    return pending != null;
  }

  @Override
  public boolean isReady() {
    return isReady;
  }

  @Override
  public int held() {
    ByteBuffer left = pending;
    return (rest == null ? 0 : rest.length) + (left == null ? 0 : left.capacity());
  }

  @Override
  public void shutdownOutput() throws IOException {
    engine.closeOutbound();
    if (pending == null) {
      engine.wrap(NOTHING.duplicate(), buffers.out.clear());
      channel.write(buffers.out.flip()); // a farewell: that it is cut off harms nobody
    }
    channel.shutdownOutput();
  }
}
