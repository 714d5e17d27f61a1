package dev.carillon.source;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Listens at a TCP or Unix socket, and takes in the frames that come over its connections: all of
 * them on one thread, which never waits for any of them.
 *
 * {@snippet :
 * var echo = SocketReactor.tcp(7007).with(c -> c.withFraming(Framing.lines(1000)));
 * try (var source = Source.open(echo, Outlet.direct(i -> i.payload().reply(i.payload().data())))) {
 *   source.start();
 *   …
 * }
 * }
 *
 * <p>Frames of one connection are handled in the order in which they came. When the source has no
 * room, connections are not read until it has, and those that send have to wait; they are resumed
 * in turn. What breaks a limit of the {@link SocketConfig} is counted as refused, and ends at most
 * the connection that it came over.
 *
 * <p>Fails if the address cannot be bound. When the source is stopped, it stops listening, sends
 * what is answered to the frames under way for as long as the source's time of grace, and closes
 * all connections. It has no positions: what a connection was not answered, its other side sends
 * again over the next one.
 *
 * <p>Immutable.
 */
public final class SocketReactor implements SourceKind<SocketMessage> {
  private final SocketAddress address;
  private final SocketConfig config;

  private SocketReactor(SocketAddress address, SocketConfig config) {
    this.address = Objects.requireNonNull(address, "address");
    this.config = config;
  }

  /**
   * {@return one that listens at a TCP port of the loopback address, so to this machine only}
   *
   * @param port which; 0 for any that is free
   * @throws IllegalArgumentException if the port is outside its range
   */
  public static SocketReactor tcp(int port) {
    return tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * {@return one that listens at a TCP address}
   *
   * @param address which; port 0 for any that is free
   */
  public static SocketReactor tcp(InetSocketAddress address) {
    return new SocketReactor(address, SocketConfig.DEFAULT);
  }

  /**
   * {@return one that listens at a Unix socket} Only the owner of the process can connect, but who
   * may write to the socket's directory can put another one in its place. A file that is left of a
   * socket which nobody listens at any more is replaced; the file is removed when the source stops.
   *
   * @param path of the socket; the system allows about 100 characters
   */
  public static SocketReactor unix(Path path) {
    return new SocketReactor(UnixDomainSocketAddress.of(path), SocketConfig.DEFAULT);
  }

  /**
   * {@return this one with other settings}
   *
   * @param configure changes them
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public SocketReactor with(UnaryOperator<SocketConfig> configure) {
    return new SocketReactor(address, configure.apply(config));
  }

  /** {@return its settings} */
  public SocketConfig config() {
    return config;
  }

  @Override
  public String kind() {
    return "socket-reactor";
  }

  @Override
  public boolean needsPlatformThread() {
    return true;
  }

  @Override
  public void run(Intake<SocketMessage> intake) throws Exception {
    boolean isUnix = address instanceof UnixDomainSocketAddress;
    try (ServerSocketChannel server =
        isUnix
            ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            : ServerSocketChannel.open()) {
      UnixSocket file = null;
      try {
        file = bind(server);
        serve(intake, server, file == null ? server.getLocalAddress() : address);
      } finally {
        if (file != null) {
          file.remove();
        }
      }
    }
  }

  private @Nullable UnixSocket bind(ServerSocketChannel server) throws Exception {
    if (address instanceof UnixDomainSocketAddress unix) {
      return UnixSocket.bind(server, unix.getPath(), config.backlog());
    }
    server.setOption(StandardSocketOptions.SO_REUSEADDR, true); // not so under Windows by default
    server.bind(address, config.backlog());
    return null;
  }

  private void serve(Intake<SocketMessage> intake, ServerSocketChannel server, SocketAddress at)
      throws Exception {
    var run = new SocketRun(intake, config, at);
    try (var reactor = Reactor.of(run, server)) {
      intake.onStop(reactor::wake);
      intake.ready(at);
      reactor.serveAll();
      reactor.drain(intake.config().grace());
    }
  }

  @Override
  public String toString() {
    return "SocketReactor[" + SocketRun.name(address) + "]";
  }
}
