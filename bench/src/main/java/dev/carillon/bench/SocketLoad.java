package dev.carillon.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A client that keeps as many frames under way on each of its connections as its window says, on
 * the thread that calls it. What comes back is checked, and answered by as many frames more, in one
 * write.
 */
final class SocketLoad implements SocketClient {
  private static final int READ = 65_536;
  private static final int SAMPLES = 1 << 16;
  private static final long LONGEST_SILENCE = 10_000; // ms

  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private final int window;
  private final ByteBuffer in = ByteBuffer.allocateDirect(READ);
  private final ByteBuffer out;

  private boolean sending;
  private int underWay;
  private long received;
  private int timed;
  private long[] roundTrips = new long[SAMPLES];

  private SocketLoad(Selector selector, int window) {
    this.selector = selector;
    this.window = window;
    this.out = ByteBuffer.allocateDirect(window * EchoFrames.FRAME);
  }

  /** {@return a client with its connections open} */
  static SocketLoad open(int port, int connections, int window) {
    try {
      var load = new SocketLoad(Selector.open(), window);
      for (int i = 0; i < connections; i++) {
        SocketChannel channel = connect(port);
        channel.configureBlocking(false);
        var connection = load.new Connection(channel);
        channel.register(load.selector, SelectionKey.OP_READ, connection);
        load.connections.add(connection);
      }
      return load;
    } catch (IOException e) {
      throw new BenchmarkException("connections could not be opened: port=" + port, e);
    }
  }

  /** {@return a new connection to a server of this machine} */
  static SocketChannel connect(int port) throws IOException {
    SocketChannel channel = SocketChannel.open(address(port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  static InetSocketAddress address(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public Run run(long nanos) {
    received = 0;
    timed = 0;
    sending = true;
    long start = System.nanoTime();
    long now = start;
    try {
      for (Connection connection : connections) {
        connection.send(window);
      }
      while (underWay > 0) {
        if (selector.select(this::onReady, LONGEST_SILENCE) == 0) {
          throw new BenchmarkException(
              "a server must answer within 10 s: frames under way=" + underWay);
        }
        now = System.nanoTime();
        sending = now - start < nanos;
      }
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed: frames under way=" + underWay, e);
    }
    return result(now - start);
  }

  private Run result(long nanos) {
    if (timed == 0) {
      return new Run(received, nanos, 0, 0);
    }
    long[] sorted = Arrays.copyOf(roundTrips, timed);
    Arrays.sort(sorted);
    return new Run(received, nanos, sorted[timed / 2], sorted[(int) (timed * 0.99)]);
  }

  private void onReady(SelectionKey key) {
    try {
      ((Connection) key.attachment()).receive();
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed: frames under way=" + underWay, e);
    }
  }

  private void time(long nanos) {
    if (timed == roundTrips.length) {
      roundTrips = Arrays.copyOf(roundTrips, timed * 2);
    }
    roundTrips[timed++] = nanos;
  }

  @Override
  public void close() {
    try {
      for (Connection connection : connections) {
        connection.channel.close();
      }
      selector.close();
    } catch (IOException e) {
      throw new BenchmarkException("connections could not be closed", e);
    }
  }

  private final class Connection {
    private final SocketChannel channel;
    private byte[] partial = {}; // the beginning of a frame
    private long sent;
    private long expected;
    private long sentAt;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void send(int frames) throws IOException {
      out.clear();
      for (int i = 0; i < frames; i++) {
        EchoFrames.put(out, sent++);
      }
      out.flip();
      int length = out.remaining();
      sentAt = window == 1 ? System.nanoTime() : 0;
      if (channel.write(out) < length) {
        throw new BenchmarkException("the system must have room for a window: bytes=" + length);
      }
      underWay += frames;
    }

    void receive() throws IOException {
      in.clear();
      in.put(partial);
      if (channel.read(in) < 0) {
        throw new BenchmarkException("a server must not close connections: frames=" + expected);
      }
      in.flip();
      int frames = in.remaining() / EchoFrames.FRAME;
      for (int i = 0; i < frames; i++) {
        EchoFrames.check(in, expected++);
      }
      if (in.remaining() != partial.length) {
        partial = new byte[in.remaining()];
      }
      in.get(partial);
      received += frames;
      underWay -= frames;
      if (window == 1 && frames == 1) {
        time(System.nanoTime() - sentAt);
      }
      if (sending && frames > 0) {
        send(frames);
      }
    }
  }
}
