package dev.carillon.source;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Listens at a TCP socket, and takes in the frames that come over its connections, by operations of
 * asynchronous channels that call back when they are done, on a few threads.
 *
 * <p>It does what a {@link SocketReactor} does, with the same settings, limits and guarantees; the
 * differences: bytes of different connections are read, cut into frames and written by several
 * threads at a time; each connection holds a buffer of 2 KiB for the read that it waits for; there
 * is no form for Unix sockets, as the JDK's asynchronous channels have none, and no TLS. Items are
 * handled one after another all the same, unless the outlet is {@link Outlet#concurrent}.
 *
 * <p>Immutable.
 */
public final class SocketProactor implements SourceKind<SocketMessage> {
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int MOST_THREADS = 1024;
  private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 16);
  private static final long END_SECONDS = 1;

  private final InetSocketAddress address;
  private final SocketConfig config;
  private final int threads;

  private SocketProactor(InetSocketAddress address, SocketConfig config, int threads) {
    this.address = Objects.requireNonNull(address, "address");
    this.config = config;
    this.threads = threads;
    Checks.range("threads", threads, 1, MOST_THREADS);
    if (config.tls() != null) {
      throw new IllegalArgumentException("a SocketProactor has no TLS: use a SocketReactor");
    }
  }

  /**
   * {@return one that listens at a TCP port of the loopback address, so to this machine only}
   *
   * @param port which; 0 for any that is free
   * @throws IllegalArgumentException if the port is outside its range
   */
  public static SocketProactor tcp(int port) {
    return tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /**
   * {@return one that listens at a TCP address}
   *
   * @param address which; port 0 for any that is free
   */
  public static SocketProactor tcp(InetSocketAddress address) {
    return new SocketProactor(address, SocketConfig.DEFAULT, THREADS);
  }

  /**
   * {@return this one with other settings}
   *
   * @param configure changes them
   * @throws IllegalArgumentException if a setting is outside its range, or is TLS
   */
  public SocketProactor with(UnaryOperator<SocketConfig> configure) {
    return new SocketProactor(address, configure.apply(config), threads);
  }

  /**
   * {@return this one with another number of threads} By default there are as many as processors,
   * at least 2 and at most 16.
   *
   * @param count 1 to 1,024
   * @throws IllegalArgumentException if the number is outside its range
   */
  public SocketProactor withThreads(int count) {
    return new SocketProactor(address, config, count);
  }

  /** {@return its settings} */
  public SocketConfig config() {
    return config;
  }

  @Override
  public String kind() {
    return "socket-proactor";
  }

  @Override
  public void run(Intake<SocketMessage> intake) throws Exception {
    ThreadFactory factory =
        Thread.ofPlatform()
            .daemon()
            .name("carillon-source-" + intake.config().name() + "-", 1)
            .factory();
    AsynchronousChannelGroup group = AsynchronousChannelGroup.withFixedThreadPool(threads, factory);
    try (var server = AsynchronousServerSocketChannel.open(group)) {
      server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      server.bind(address, config.backlog());
      serve(intake, server);
    } finally {
      end(group);
    }
  }

  private void serve(Intake<SocketMessage> intake, AsynchronousServerSocketChannel server)
      throws Exception {
    var run = new SocketRun(intake, config, server.getLocalAddress());
    try (var proactor = new Proactor(run, server)) {
      intake.onStop(proactor::wake);
      intake.ready(server.getLocalAddress());
      proactor.acceptAgain();
      proactor.serveAll();
      proactor.drain(intake.config().grace());
    }
  }

  private static void end(AsynchronousChannelGroup group) throws IOException {
    group.shutdownNow();
    boolean wasInterrupted = Thread.interrupted();
    try {
      if (!group.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "a handler holds a thread of a socket proactor that has ended");
      }
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "SocketProactor[" + SocketRun.name(address) + "]";
  }
}
