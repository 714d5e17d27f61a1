package dev.carillon.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * A server that sends every frame back, in a process of its own, so that nothing which a client
 * does is counted as the server's.
 *
 * @param kind what serves
 * @param child its process
 * @param port where it listens
 */
record SocketServer(Kind kind, ChildProcess child, int port) implements AutoCloseable {
  /** Connections that may wait to be accepted. */
  static final int BACKLOG = 4096;

  /** The kind that others are compared with. */
  static final Kind OURS = new Kind("reactor", "Carillon reactor", CarillonEcho::reactor);

  static final Kind NETTY = new Kind("netty", "Netty NIO", NettyEcho::start);
  static final Kind THREADS = new Kind("threads", "virtual threads", ThreadEcho::start);

  static final List<Kind> KINDS =
      List.of(
          OURS,
          new Kind("proactor", "Carillon proactor", CarillonEcho::proactor),
          new Kind("selector", "floor: selector loop", SelectorEcho::start),
          NETTY,
          THREADS);

  /** Flags that all of them get: Netty warns without them, and does the same. */
  private static final List<String> JVM_ARGS =
      List.of("--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED");

  private static final int COLLECTIONS = 3;

  /**
   * What serves.
   *
   * @param name for goals
   * @param subject for tables
   * @param start begins to serve, and says at which port
   */
  record Kind(String name, String subject, Callable<Integer> start) {}

  /** Serves as a kind, args[0], and says what its heap holds when asked. */
  public static void main(String[] args) throws Exception {
    Kind kind = KINDS.stream().filter(k -> k.name().equals(args[0])).findFirst().orElseThrow();
    int port = kind.start().call();
    ChildProcess.answer(String.valueOf(port), command -> String.valueOf(used()));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** {@return a server in a process of its own} */
  static SocketServer start(Kind kind, List<String> jvmArgs) {
    List<String> all = Stream.concat(JVM_ARGS.stream(), jvmArgs.stream()).toList();
    ChildProcess child = ChildProcess.start(SocketServer.class, all, kind.name());
    return new SocketServer(kind, child, Integer.parseInt(child.said()));
  }

  /** {@return bytes of heap in use, after its garbage was collected} */
  long heap() {
    return Long.parseLong(child.ask("heap"));
  }

  /** {@return what its threads have used so far} */
  ThreadLoads loads() {
    return ThreadLoads.of(child.pid());
  }

  /** {@return processor time in nanoseconds, of all its threads, since then} */
  double nanosSince(ThreadLoads before) {
    ThreadLoads now = loads();
    double seconds = (now.atNanos() - before.atNanos()) / 1e9;
    Map<String, ThreadLoads.Load> used = now.perSecondSince(before);
    return seconds * used.values().stream().mapToDouble(ThreadLoads.Load::nanos).sum();
  }

  @Override
  public void close() {
    child.close();
  }
}
