package dev.carillon.bench;

import dev.carillon.bench.PartGraph.Shape;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.OnError;
import dev.carillon.flow.Out;
import dev.carillon.flow.RunOptions;
import dev.carillon.flow.RunStatus;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
 * G1: run a cycle whose parts hand a value on and do nothing else. What can be run again is made
 * once: the loop runs it 20 times in one run, the others once in each. Futures and threads are made
 * anew each time, as they can be used once.
 */
@State(Scope.Thread)
public class PartRuns {
  static final String SHAPE = "bench.shape";
  private static final int ITERATIONS = 20;
  private static final int SIZE = 10_000;

  static final Group GROUP =
      Group.of(
          "G1",
          "cycle: run parts that do nothing",
          Group.Unit.NS,
          "part",
          "carillon",
          Stream.of(Shape.values()).flatMap(PartRuns::sessions).toList(),
          List.of(
              time(60, Shape.GRID, "carillon"),
              time(150, Shape.RANDOM, "carillon"),
              more("tracing", 50, Shape.GRID, "carillonTraced"),
              more("tracing", 150, Shape.RANDOM, "carillonTraced"),
              more("retry armed, not used", 20, Shape.GRID, "carillonRetry"),
              time(1_000, Shape.GRID, "carillonVirtual")));

  private static Stream<Source> sessions(Shape shape) {
    return Stream.of(
        session(
                shape,
                "carillon",
                "carillonRun",
                "counters",
                "actions",
                "futures",
                "futuresPool",
                "threads")
            .withSizes(1_000, SIZE, 100_000),
        session(shape, "carillonRetry", "carillonTraced", "carillonVirtual").withSizes(SIZE));
  }

  private static Session session(Shape shape, String... methods) {
    return Session.of(PartRuns.class, methods)
        .withJvmArgs("-Xms2g", "-Xmx2g", "-D" + SHAPE + "=" + shape)
        .withVariant(variant(shape));
  }

  static String variant(Shape shape) {
    return shape.name().toLowerCase(Locale.ROOT);
  }

  private static Goal time(int limit, Shape shape, String method) {
    String text = "%s, %s: ≤ %,d ns".formatted(method, variant(shape), limit);
    return Goal.time(text, limit, method, variant(shape), SIZE);
  }

  /** {@return a bound on what something costs that the same run does not have otherwise} */
  private static Goal more(String what, int limit, Shape shape, String method) {
    return new Goal(
        "%s, %s: ≤ %,d ns more".formatted(what, variant(shape), limit),
        rows ->
            find(rows, shape, method)
                .flatMap(with -> find(rows, shape, "carillon").map(with::minus)),
        limit,
        true);
  }

  private static Optional<Score> find(Rows rows, Shape shape, String method) {
    return rows.find(method, variant(shape), SIZE).map(Row::time);
  }

  @Param({"1000", "10000", "100000"})
  public int size;

  private final Scheduler scheduler = Scheduler.open();
  private final Flow flow = Flow.on(scheduler);
  private final ForkJoinPool pool = new ForkJoinPool();
  private PartGraph graph = new PartGraph(Shape.CHAIN, 1);
  private PartFloor floor = new PartFloor(graph);
  private PartActions actions = new PartActions(graph);
  private @Nullable Cycle<Done, Done> cycle; // of the one subject that is measured

  @Setup
  public void generate() {
    graph = new PartGraph(Shape.valueOf(System.getProperty(SHAPE, Shape.GRID.name())), size);
    floor = new PartFloor(graph);
    actions = new PartActions(graph);
  }

  @TearDown
  public void close() {
    flow.close();
    scheduler.close();
    pool.shutdown();
  }

  /** {@return how a run of the subject's cycle ended, which is made at the first} */
  private RunStatus run(
      int iterations, Consumer<Out<Object>> setting, UnaryOperator<RunOptions> options)
      throws InterruptedException {
    Cycle<Done, Done> present = cycle;
    if (present == null) {
      present = PartCycles.of(graph, PartCycles.names(graph), iterations, setting);
      cycle = present;
    }
    return PartCycles.run(flow, present, options);
  }

  @Benchmark
  @Subject("Carillon, loop")
  @OperationsPerInvocation(ITERATIONS)
  public RunStatus carillon() throws InterruptedException {
    return run(ITERATIONS, _ -> {}, options -> options);
  }

  @Benchmark
  @Subject("Carillon, a run each")
  public RunStatus carillonRun() throws InterruptedException {
    return run(1, _ -> {}, options -> options);
  }

  @Benchmark
  @Subject("Carillon, loop, retry armed")
  @OperationsPerInvocation(ITERATIONS)
  public RunStatus carillonRetry() throws InterruptedException {
    return run(ITERATIONS, part -> part.onError(OnError.retry(retry -> retry)), options -> options);
  }

  @Benchmark
  @Subject("Carillon, loop, traced")
  @OperationsPerInvocation(ITERATIONS)
  public RunStatus carillonTraced() throws InterruptedException {
    return run(ITERATIONS, _ -> {}, RunOptions::traced);
  }

  @Benchmark
  @Subject("Carillon, loop, on virtual threads")
  @OperationsPerInvocation(ITERATIONS)
  public RunStatus carillonVirtual() throws InterruptedException {
    return run(ITERATIONS, part -> part.on(Placement.BLOCKING), options -> options);
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

  @Benchmark
  @Subject("CompletableFuture")
  public Object futures() {
    return PartFutures.direct(graph).run();
  }

  @Benchmark
  @Subject("CompletableFuture, ForkJoinPool")
  public Object futuresPool() {
    return PartFutures.on(pool, graph).run();
  }

  @Benchmark
  @Subject("virtual thread per part")
  public Object threads() throws InterruptedException {
    return new PartThreads(graph).run();
  }
}
