package dev.carillon.bench;

import dev.carillon.event.EventSystem;
import dev.carillon.event.RawEvents;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * C2: build a layered random graph, then run a body for every node after those of its inputs. The
 * body of a node is done before a node that waits for it begins; each subject returns how often the
 * last node's body ran.
 */
@State(Scope.Thread)
public class Graphs {
  private static final long SEED = 42;

  static final Group GROUP =
      Group.of(
          "C2",
          "layered random graph, 100 wide, fan-in 2 to 8, a body per node",
          Group.Unit.NS,
          "node",
          "carillon",
          List.of(
              Session.of(Graphs.class, "carillon", "completableFuture").withSizes(1_000),
              Session.of(
                      Graphs.class,
                      "carillon",
                      "carillonFresh",
                      "carillonPool",
                      "counter",
                      "counterReused",
                      "counterPool",
                      "completableFuture",
                      "completableFuturePool")
                  .withSizes(10_000),
              Session.of(Graphs.class, "carillon", "completableFuture").withSizes(100_000)),
          List.of(
              Goal.time("≤ 140 ns with building", 140, "carillonFresh", "", 10_000),
              Goal.time("≤ 90 ns reused", 90, "carillon", "", 10_000)));

  @Param("10000")
  public int size;

  private final EventSystem events = EventSystem.create();
  private final RawEvents raw = events.raw();
  private final ForkJoinPool pool = new ForkJoinPool();
  private LayeredGraph graph = new LayeredGraph(0, SEED);
  private CounterGraph counters = new CounterGraph(graph, this::body);
  private int[] runs = {}; // of each node's body

  @Setup
  public void generate() {
    graph = new LayeredGraph(size, SEED);
    counters = new CounterGraph(graph, this::body);
    runs = new int[size];
  }

  @TearDown
  public void close() {
    pool.shutdown();
    events.close();
  }

  private void body(int node) {
    runs[node]++;
  }

  @Benchmark
  @Subject("Carillon, slots reused")
  public int carillon() throws InterruptedException {
    return run(raw);
  }

  @Benchmark
  @Subject("Carillon, a new system each time")
  public int carillonFresh() throws InterruptedException {
    try (var system = EventSystem.create()) {
      return run(system.raw());
    }
  }

  /** A node is a merge; its body is the merge's first listener, and listeners run in order. */
  private int run(RawEvents on) throws InterruptedException {
    long[] nodes = new long[size];
    int roots = 0;
    for (int i = 0; i < size; i++) {
      int node = i;
      if (graph.inputs(i).length == 0) {
        nodes[i] = on.create();
        roots++;
      } else {
        nodes[i] = on.merge(pick(nodes, graph.inputs(i)));
      }
      on.whenComplete(nodes[i], poison -> body(node));
    }
    long all = on.merge(pick(nodes, graph.sinks()));
    for (int i = 0; i < roots; i++) {
      on.trigger(nodes[i]);
    }
    on.await(all);
    return runs[size - 1];
  }

  /** A node is an event that its body triggers, on the pool, after the merge of its inputs. */
  @Benchmark
  @Subject("Carillon, ForkJoinPool")
  public int carillonPool() throws InterruptedException {
    long[] nodes = new long[size];
    int roots = 0;
    for (int i = 0; i < size; i++) {
      int node = i;
      long done = raw.create();
      nodes[i] = done;
      if (graph.inputs(i).length == 0) {
        roots++;
      } else {
        Runnable task =
            () -> {
              body(node);
              raw.trigger(done);
            };
        raw.whenComplete(raw.merge(pick(nodes, graph.inputs(i))), poison -> pool.execute(task));
      }
    }
    long all = raw.merge(pick(nodes, graph.sinks()));
    for (int i = 0; i < roots; i++) {
      long root = nodes[i];
      int node = i;
      pool.execute(() -> {
        body(node);
        raw.trigger(root);
      });
    }
    raw.await(all);
    return runs[size - 1];
  }

  private static long[] pick(long[] from, int[] which) {
    long[] picked = new long[which.length];
    for (int i = 0; i < which.length; i++) {
      picked[i] = from[which[i]];
    }
    return picked;
  }

  @Benchmark
  @Subject("floor: counters")
  public int counter() {
    new CounterGraph(graph, this::body).run();
    return runs[size - 1];
  }

  @Benchmark
  @Subject("floor: counters, graph reused")
  public int counterReused() {
    counters.reset();
    counters.run();
    return runs[size - 1];
  }

  @Benchmark
  @Subject("floor: counters, ForkJoinPool")
  public int counterPool() throws InterruptedException {
    new CounterGraph(graph, this::body).run(pool);
    return runs[size - 1];
  }

  @Benchmark
  @Subject("CompletableFuture")
  public int completableFuture() {
    return futures(false);
  }

  @Benchmark
  @Subject("CompletableFuture, ForkJoinPool")
  public int completableFuturePool() {
    return futures(true);
  }

  private int futures(boolean onPool) {
    var nodes = new CompletableFuture<?>[size];
    var start = new CompletableFuture<Void>();
    for (int i = 0; i < size; i++) {
      int node = i;
      int[] inputs = graph.inputs(i);
      var ready = inputs.length == 0 ? start : CompletableFuture.allOf(pick(nodes, inputs));
      nodes[i] =
          onPool ? ready.thenRunAsync(() -> body(node), pool) : ready.thenRun(() -> body(node));
    }
    var all = CompletableFuture.allOf(pick(nodes, graph.sinks()));
    start.complete(null);
    all.join();
    return runs[size - 1];
  }

  private static CompletableFuture<?>[] pick(CompletableFuture<?>[] from, int[] which) {
    var picked = new CompletableFuture<?>[which.length];
    for (int i = 0; i < which.length; i++) {
      picked[i] = from[which[i]];
    }
    return picked;
  }
}
