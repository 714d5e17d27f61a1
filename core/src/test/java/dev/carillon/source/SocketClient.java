package dev.carillon.source;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** A blocking client for the tests of sockets. */
final class SocketClient implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(20);

  final SocketChannel channel;
  private final DataInputStream in;

  private SocketClient(SocketChannel channel) {
    this.channel = channel;
    InputStream stream = Channels.newInputStream(channel);
    this.in = new DataInputStream(stream);
  }

  static SocketClient connect(Source<?> source) throws IOException {
    return connect(source.address().orElseThrow());
  }

  static SocketClient connect(SocketAddress address) throws IOException {
    SocketChannel channel =
        address instanceof UnixDomainSocketAddress
            ? SocketChannel.open(StandardProtocolFamily.UNIX)
            : SocketChannel.open();
    channel.connect(address);
    return new SocketClient(channel);
  }

  /** Opens and starts a source, and waits until it listens. */
  static Source<SocketMessage> serve(
      SourceKind<SocketMessage> kind, Outlet<SocketMessage> outlet, UnaryOperator<SourceConfig> how)
      throws InterruptedException {
    Source<SocketMessage> source = Source.open(kind, outlet, how);
    if (!source.start().awaitReady(LONG)) {
      throw new IllegalStateException(source.explain());
    }
    return source;
  }

  static Source<SocketMessage> serve(SourceKind<SocketMessage> kind, Outlet<SocketMessage> outlet)
      throws InterruptedException {
    return serve(kind, outlet, c -> c);
  }

  /** Sends each frame back. */
  static Outlet<SocketMessage> echo() {
    return Outlet.direct(item -> item.payload().reply(item.payload().data()));
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress("127.0.0.1", 0);
  }

  void write(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  byte[] read(int count) throws IOException {
    return in.readNBytes(count);
  }

  /** {@return a line without its end; what came before the end if that comes first} */
  String readLine() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** {@return whether the other side has closed: in order, or by a reset} */
  boolean isAtEnd() {
    try {
      return in.read() < 0;
    } catch (IOException e) { // a reset
      return true;
    }
  }

  void reset() throws IOException {
    channel.socket().setSoLinger(true, 0);
    channel.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
