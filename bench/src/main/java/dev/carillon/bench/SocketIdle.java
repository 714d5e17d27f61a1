package dev.carillon.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures what many connections hold on which nothing comes, after one frame on each, and what
 * they cost. All kinds of servers are watched at the same time, from outside, each with a process
 * of clients.
 */
final class SocketIdle implements Source {
  static final String HEAP = "heap";
  static final String RESIDENT = "resident";
  private static final String WAITING = "own threads";

  /**
   * The heap is given back to the system when it is empty, so that what is resident can be told.
   */
  private static final List<String> JVM_ARGS =
      Stream.concat(
              Idle.QUIET_FLAGS.stream(),
              Stream.of(
                  "-XX:+UseSerialGC",
                  "-Xms4m",
                  "-Xmx1g",
                  "-XX:MinHeapFreeRatio=5",
                  "-XX:MaxHeapFreeRatio=10"))
          .toList();

  private static final int MOST = 10_000;
  private static final int OTHER_FILES = 200;
  private static final int SETTLING = 10; // of the plan's iterations
  private static final int WINDOW = 7; // of the plan's iterations
  private static final int LONGEST_SETTLING = 10_000; // ms
  private static final long LONGEST_WINDOW = 3_000; // ms

  /** How the threads that serve are called; the others are the JVM's. */
  private static final Pattern SERVING =
      Pattern.compile(
          "carillon.*|selector|multiThreadIo.*|ForkJoinPool.*|.*Poller|VirtualThread.*");

  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final Pattern FILES = Pattern.compile("Max open files +\\S+ +(\\S+).*");

  /** {@return how many connections one process may have, 10,000 at most} */
  static int connections() {
    if (!Files.isReadable(LIMITS)) {
      return MOST;
    }
    try (var lines = Files.lines(LIMITS)) {
      String hard =
          lines
              .map(FILES::matcher)
              .filter(Matcher::matches)
              .map(files -> files.group(1))
              .findFirst()
              .orElseThrow();
      return hard.equals("unlimited") ? MOST : Math.min(MOST, Integer.parseInt(hard) - OTHER_FILES);
    } catch (IOException e) {
      throw new BenchmarkException("the system's limits cannot be read: file=" + LIMITS, e);
    }
  }

  @Override
  public int count() {
    return SocketServer.KINDS.size() + 1;
  }

  @Override
  public List<Row> measure(Plan plan, Progress progress) {
    ThreadLoads.require("R");
    var all = new ArrayList<Crowded>();
    try {
      for (SocketServer.Kind kind : SocketServer.KINDS) {
        progress.begin("SocketIdle " + kind.subject());
        all.add(Crowded.start(kind));
      }
      progress.begin("SocketIdle, all at once");
      Thread.sleep(Math.min((long) SETTLING * plan.millis(), LONGEST_SETTLING));
      watch(all, plan);
      all.forEach(crowded -> crowded.clients.ask("echo")); // they are still connected
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkException("interrupted while processes were watched", e);
    } finally {
      all.forEach(Crowded::close);
    }
    return Stream.<Function<Crowded, Row>>of(Crowded::heap, Crowded::resident, Crowded::waiting)
        .flatMap(row -> all.stream().map(row))
        .toList();
  }

  private static void watch(List<Crowded> all, Plan plan) throws InterruptedException {
    var before = new ArrayList<ThreadLoads>();
    all.forEach(crowded -> before.add(crowded.server.loads()));
    for (int window = 0; window < plan.iterations(); window++) {
      Thread.sleep(Math.min((long) WINDOW * plan.millis(), LONGEST_WINDOW));
      for (int i = 0; i < all.size(); i++) {
        ThreadLoads now = all.get(i).server.loads();
        all.get(i).windows.add(now.perSecondSince(before.set(i, now)));
      }
    }
  }

  /** A server with its clients, what the connections hold, and what is used in each window. */
  private static final class Crowded implements AutoCloseable {
    private final SocketServer server;
    private final ChildProcess clients;
    private final int connections = connections();
    private final double heap;
    private final double resident;
    private final List<Map<String, ThreadLoads.Load>> windows = new ArrayList<>();

    private Crowded(SocketServer server, ChildProcess clients) {
      this.server = server;
      this.clients = clients;
      long heapBefore = server.heap();
      long residentBefore = server.child().resident();
      clients.ask("open");
      this.heap = (double) (server.heap() - heapBefore) / connections;
      this.resident = (double) (server.child().resident() - residentBefore) / connections;
    }

    static Crowded start(SocketServer.Kind kind) {
      SocketServer server = SocketServer.start(kind, JVM_ARGS);
      String port = String.valueOf(server.port());
      String count = String.valueOf(connections());
      return new Crowded(
          server, ChildProcess.start(SocketCrowd.class, List.of("-Xmx256m"), port, count));
    }

    Row heap() {
      return row(HEAP, connections, null, heap, null);
    }

    Row resident() {
      return row(RESIDENT, connections, null, resident, null);
    }

    Row waiting() {
      Score nanos = mean(ThreadLoads.Load::nanos);
      return row(WAITING, 0, nanos, Double.NaN, mean(ThreadLoads.Load::wakeUps));
    }

    private Row row(
        String variant, long size, @Nullable Score time, double bytes, @Nullable Score wakeUps) {
      SocketServer.Kind kind = server.kind();
      return new Row(kind.name(), kind.subject(), variant, size, time, null, bytes, wakeUps);
    }

    private Score mean(ToDoubleFunction<ThreadLoads.Load> what) {
      return Score.mean(
          windows.stream()
              .mapToDouble(window ->
                  window.values().stream()
                      .filter(load -> SERVING.matcher(load.name()).matches())
                      .mapToDouble(what)
                      .sum())
              .toArray());
    }

    @Override
    public void close() {
      clients.close();
      server.close();
    }
  }
}
