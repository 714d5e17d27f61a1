package dev.carillon.bench;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The least that sends everything back on one thread: no frames, no limits, no messages. */
final class SelectorEcho {
  private static final int READ = 65_536;

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ);

  private SelectorEcho(Selector selector) {
    this.selector = selector;
  }

  /** {@return the port of a server that runs until its process ends} */
  static int start() throws IOException {
    var server = ServerSocketChannel.open();
    server.bind(SocketLoad.address(0), SocketServer.BACKLOG);
    server.configureBlocking(false);
    var echo = new SelectorEcho(Selector.open());
    server.register(echo.selector, SelectionKey.OP_ACCEPT);
    Thread.ofPlatform().name("selector").start(echo::run);
    return server.socket().getLocalPort();
  }

  private void run() {
    while (true) {
      try {
        selector.select(this::onReady);
      } catch (IOException e) {
        throw new BenchmarkException("the selector failed", e);
      }
    }
  }

  private void onReady(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept((ServerSocketChannel) key.channel());
      } else {
        echo(key, (SocketChannel) key.channel());
      }
    } catch (IOException e) {
      throw new BenchmarkException("a connection failed", e);
    }
  }

  private void accept(ServerSocketChannel server) throws IOException {
    for (@Nullable SocketChannel channel = server.accept();
        channel != null;
        channel = server.accept()) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ);
    }
  }

  /** Reads nothing more while something is left to be written. */
  private void echo(SelectionKey key, SocketChannel channel) throws IOException {
    if (key.attachment() instanceof ByteBuffer left) {
      channel.write(left);
      if (!left.hasRemaining()) {
        key.attach(null);
        key.interestOps(SelectionKey.OP_READ);
      }
      return;
    }
    buffer.clear();
    if (channel.read(buffer) < 0) {
      channel.close();
      return;
    }
    buffer.flip();
    channel.write(buffer);
    if (buffer.hasRemaining()) {
      key.attach(ByteBuffer.allocate(buffer.remaining()).put(buffer).flip());
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }
}
