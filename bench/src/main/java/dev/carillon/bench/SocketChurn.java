package dev.carillon.bench;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A client that opens a connection, sends a frame, waits for its echo and closes, again and again,
 * with several connections at a time, on the thread that calls it.
 */
final class SocketChurn implements SocketClient {
  private static final int AT_A_TIME = 32;
  private static final long LONGEST_SILENCE = 10_000; // ms

  private final int port;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(EchoFrames.FRAME);

  private long opened;
  private long closed;

  private SocketChurn(int port, Selector selector) {
    this.port = port;
    this.selector = selector;
  }

  /** {@return a client without connections} */
  static SocketChurn of(int port) {
    try {
      return new SocketChurn(port, Selector.open());
    } catch (IOException e) {
      throw new BenchmarkException("there is no selector", e);
    }
  }

  @Override
  public Run run(long nanos) {
    opened = 0;
    closed = 0;
    long start = System.nanoTime();
    long now = start;
    try {
      for (int i = 0; i < AT_A_TIME; i++) {
        open();
      }
      while (closed < opened) {
        if (selector.select(this::onReady, LONGEST_SILENCE) == 0) {
          throw new BenchmarkException(
              "a server must answer within 10 s: connections=" + (opened - closed));
        }
        now = System.nanoTime();
        while (now - start < nanos && opened - closed < AT_A_TIME) {
          open();
        }
      }
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed: so many did not=" + closed, e);
    }
    return new Run(closed, now - start, 0, 0);
  }

  private void open() throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    opened++;
    if (channel.connect(SocketLoad.address(port))) {
      send(channel);
      channel.register(selector, SelectionKey.OP_READ);
    } else {
      channel.register(selector, SelectionKey.OP_CONNECT);
    }
  }

  private void send(SocketChannel channel) throws IOException {
    buffer.clear();
    EchoFrames.put(buffer, 0);
    buffer.flip();
    if (channel.write(buffer) < EchoFrames.FRAME) {
      throw new BenchmarkException("the system must have room for a frame");
    }
  }

  private void onReady(SelectionKey key) {
    var channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        channel.finishConnect();
        send(channel);
        key.interestOps(SelectionKey.OP_READ);
      } else {
        receive(channel);
      }
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed: so many did not=" + closed, e);
    }
  }

  private void receive(SocketChannel channel) throws IOException {
    buffer.clear();
    if (channel.read(buffer) < EchoFrames.FRAME) {
      throw new BenchmarkException(
          "a server must send a frame back at once: bytes=" + buffer.position());
    }
    EchoFrames.check(buffer.flip(), 0);
    channel.close();
    closed++;
  }

  @Override
  public void close() {
    try {
      selector.close();
    } catch (IOException e) {
      throw new BenchmarkException("a selector could not be closed", e);
    }
  }
}
