package dev.carillon.bench;

import dev.carillon.bench.PartGraph.Shape;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.RunStatus;
import dev.carillon.schedule.Scheduler;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * G2: plans of a million parts: define and compile one, run one again in a loop, keep one. The
 * names of the parts are there before.
 */
@State(Scope.Thread)
public class PlanRuns {
  private static final int ITERATIONS = 20;
  private static final int MOST = 1_000_000;
  private static final List<Shape> SHAPES = List.of(Shape.GRID, Shape.RANDOM);
  private static final String[] HEAP = {"-Xms6g", "-Xmx6g"};

  static final Group BUILD =
      Group.of(
          "G2",
          "plan: define and compile",
          Group.Unit.NS,
          "part",
          "build",
          SHAPES.stream().map(shape -> session(shape, "build", "futures")).toList(),
          List.of(goal("≤ 1.5 s for 1 M", 1_500, Shape.GRID, "build", true, Row::time)));

  static final Group REPLAY =
      Group.of(
          "G2R",
          "plan: one more iteration",
          Group.Unit.NS,
          "part",
          "replay",
          SHAPES.stream().map(shape -> session(shape, "replay", "counters", "actions")).toList(),
          List.of(
              goal("≤ 150 ms for 1 M", 150, Shape.GRID, "replay", true, Row::time),
              goal("≤ 1 B allocated", 1, Shape.GRID, "replay", false, PlanRuns::bytes)));

  static final Group MEMORY =
      Group.of(
          "G2M",
          "plan: heap that it holds",
          Group.Unit.NS,
          "part",
          "plan",
          SHAPES.stream().flatMap(PlanRuns::probes).toList(),
          SHAPES.stream().map(PlanRuns::memory).toList());

  private static Source session(Shape shape, String... methods) {
    return Session.of(PlanRuns.class, methods)
        .withSizes(10_000, 100_000, MOST)
        .withJvmArgs(HEAP[0], HEAP[1], property(shape))
        .withVariant(PartRuns.variant(shape));
  }

  private static String property(Shape shape) {
    return "-D" + PartRuns.SHAPE + "=" + shape;
  }

  private static Goal goal(
      String text,
      double limit,
      Shape shape,
      String method,
      boolean timed,
      Function<Row, @Nullable Score> what) {
    return new Goal(
        text + ", " + PartRuns.variant(shape),
        rows -> rows.find(method, PartRuns.variant(shape), MOST).map(what),
        limit,
        timed);
  }

  private static Score bytes(Row row) {
    return new Score(row.bytes(), 0);
  }

  /** {@return the bound of 48 bytes for a part and 8 for an edge} */
  private static Goal memory(Shape shape) {
    int edges = shape == Shape.GRID ? 2 : 3;
    int limit = 48 + 8 * edges;
    return goal("≤ %d B".formatted(limit), limit, shape, "plan", false, PlanRuns::bytes);
  }

  private static Stream<Source> probes(Shape shape) {
    var jvmArgs = List.of("-XX:+UseSerialGC", HEAP[0], HEAP[1], property(shape));
    return Stream.of(
        HeapProbe.of(PlanRuns.class, "plan", "Carillon")
            .withVariant(PartRuns.variant(shape))
            .withJvmArgs(jvmArgs)
            .withSizes(10_000, 100_000, MOST),
        HeapProbe.of(PlanRuns.class, "futures", "CompletableFuture, built")
            .withVariant(PartRuns.variant(shape))
            .withJvmArgs(jvmArgs)
            .withSizes(MOST));
  }

  @Param({"10000", "100000", "1000000"})
  public int size;

  private final Scheduler scheduler = Scheduler.open();
  private final Flow flow = Flow.on(scheduler);
  private final ForkJoinPool pool = new ForkJoinPool();
  private PartGraph graph = new PartGraph(Shape.CHAIN, 1);
  private String[] names = {};
  private PartFloor floor = new PartFloor(graph);
  private PartActions actions = new PartActions(graph);
  private @Nullable Cycle<Done, Done> cycle; // made at the first replay

  @Setup
  public void generate() {
    graph = graph(size);
    names = PartCycles.names(graph);
    floor = new PartFloor(graph);
    actions = new PartActions(graph);
  }

  private static PartGraph graph(int size) {
    return new PartGraph(Shape.valueOf(System.getProperty(PartRuns.SHAPE, "GRID")), size);
  }

  @TearDown
  public void close() {
    flow.close();
    scheduler.close();
    pool.shutdown();
  }

  @Benchmark
  @Subject("Carillon")
  public Object build() {
    return PartCycles.of(graph, names, 1, _ -> {});
  }

  @Benchmark
  @Subject("CompletableFuture")
  public Object futures() {
    return PartFutures.direct(graph);
  }

  @Benchmark
  @Subject("Carillon, loop")
  @OperationsPerInvocation(ITERATIONS)
  public RunStatus replay() throws InterruptedException {
    Cycle<Done, Done> present = cycle;
    if (present == null) {
      present = PartCycles.of(graph, names, ITERATIONS, _ -> {});
      cycle = present;
    }
    return PartCycles.run(flow, present, options -> options);
  }

  @Benchmark
  @Subject("floor: counters, one thread")
  public Object counters() {
    return floor.run();
  }

  @Benchmark
  @Subject("ForkJoinPool, counters")
  public Object actions() throws InterruptedException {
    return actions.run(pool);
  }

  /** Prints the bytes of heap for each part of a plan, args[0], of so many, args[1]. */
  public static void main(String[] args) {
    int parts = Integer.parseInt(args[1]);
    PartGraph graph = graph(parts);
    String[] names = PartCycles.names(graph);
    Object[] kept = new Object[1];
    Runnable make =
        args[0].equals("plan")
            ? () -> kept[0] = PartCycles.of(graph, names, 1, _ -> {})
            : () -> kept[0] = PartFutures.direct(graph);
    make.run(); // loads the classes
    kept[0] = names;
    System.out.println(HeapProbe.held(kept, make) / parts);
  }
}
