package dev.carillon.bench;

import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.Work;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * S2: from submitting a task to its start on a thread that has been idle for 100 µs and more, as
 * seen by the submitter, which spins until then so that no wake-up but the one is measured.
 */
@State(Scope.Thread)
public class TaskStart {
  private static final long PAUSE = 100_000;

  static final Group GROUP =
      Group.of(
          "S2",
          "task: from submission to start, idle; 50th and 99th percentile",
          Group.Unit.US,
          "task",
          "carillon",
          List.of(
              Session.of(TaskStart.class, "carillon", "park", "pool", "forkJoinPool")
                  .withMode(Mode.SampleTime)
                  .withPercent(200)),
          List.of(
              Goal.tail("99 % ≤ 100 µs", 100_000, "carillon"),
              Goal.ratio("≤ 1.1 × ThreadPoolExecutor", 1.1, "carillon", "pool", "")));

  private final Work work = this::start;
  private volatile boolean started;
  private @Nullable Scheduler scheduler;
  private @Nullable ExecutorService pool;
  private @Nullable Thread parked;

  private void start() {
    started = true;
  }

  private void await() {
    while (!started) {
      Thread.onSpinWait();
    }
  }

  /** Lets the other thread go to sleep. */
  @Setup(Level.Invocation)
  public void pause() {
    started = false;
    LockSupport.parkNanos(PAUSE);
  }

  @TearDown
  public void close() {
    if (scheduler != null) {
      scheduler.close();
    }
    if (pool != null) {
      pool.shutdownNow();
    }
  }

  @Benchmark
  @Subject("Carillon")
  public void carillon() {
    if (scheduler == null) {
      scheduler = Scheduler.open(c -> c.withCpuThreads(1));
    }
    scheduler.submit(work);
    await();
  }

  @Benchmark
  @Subject("floor: park and unpark")
  public void park() {
    Thread thread = parked;
    if (thread == null) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                while (true) {
                  LockSupport.park(this);
                  start();
                }
              });
      parked = thread;
    }
    LockSupport.unpark(thread);
    await();
  }

  @Benchmark
  @Subject("ThreadPoolExecutor")
  public void pool() {
    if (pool == null) {
      pool = Executors.newFixedThreadPool(1);
    }
    pool.execute(this::start);
    await();
  }

  @Benchmark
  @Subject("ForkJoinPool")
  public void forkJoinPool() {
    if (pool == null) {
      pool = new ForkJoinPool(1);
    }
    pool.execute(this::start);
    await();
  }
}
