package dev.carillon.bench;

import dev.carillon.event.Event;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.schedule.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * S1: so many tasks queued for one thread, which is held until all of them are, and then runs them;
 * each gives its submitter something to wait on. With deadlines, random ones an hour or two ahead,
 * the earliest runs first. The young generation has room for them all, as what collecting them
 * costs depends on when it happens; the bytes are shown.
 */
@State(Scope.Thread)
public class Tasks {
  private static final long MOST = 1_000_000;
  private static final int DEADLINES = 1 << 16;
  private static final String DEADLINE = "earliest deadline first";
  private static final String PLAIN = "first come, first served";
  private static final String ORDERED = "bench.deadlines";

  static final Group GROUP =
      Group.of(
          "S1",
          "tasks: queue them all, then run them all on one thread",
          Group.Unit.NS,
          "task",
          "carillon",
          List.of(session(PLAIN), session(DEADLINE)),
          List.of(
              new Goal(
                  "linear: growth ≤ n^1.05, " + PLAIN,
                  rows -> growth(rows, "Carillon", PLAIN),
                  1.05,
                  false),
              new Goal(
                  "growth ≤ 1.05 × that of the pool, " + DEADLINE,
                  rows ->
                      growth(rows, "Carillon", DEADLINE)
                          .flatMap(
                              mine -> growth(rows, "ThreadPoolExecutor", DEADLINE).map(mine::over)),
                  1.05,
                  false)));

  private static Optional<Score> growth(Rows rows, String subject, String variant) {
    return Optional.ofNullable(rows.growth().get(subject + ", " + variant))
        .map(exponent -> new Score(exponent, 0));
  }

  private static Session session(String variant) {
    return Session.of(Tasks.class, "carillon", "pool")
        .withSizes(1_000, 10_000, 100_000, MOST)
        .withJvmArgs(
            "-Xms6g",
            "-Xmx6g",
            "-Xmn4g",
            "-XX:+UseParallelGC",
            "-D" + ORDERED + "=" + variant.equals(DEADLINE))
        .withVariant(variant);
  }

  @Param({"1000", "10000", "100000", "1000000"})
  public int size;

  private final boolean ordered = Boolean.getBoolean(ORDERED);
  private final TaskOptions[] options = new TaskOptions[DEADLINES];
  private final Work work = this::count;
  private long ran; // of the one thread that runs tasks
  private @Nullable Scheduler scheduler;
  private @Nullable ThreadPoolExecutor pool;

  {
    var random = new SplittableRandom(1);
    for (int i = 0; i < DEADLINES; i++) {
      long deadline = random.nextLong(3_600_000_000_000L, 7_200_000_000_000L);
      options[i] =
          ordered ? TaskOptions.DEFAULT.deadline(Duration.ofNanos(deadline)) : TaskOptions.DEFAULT;
    }
  }

  private void count() {
    ran++;
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
  public long carillon() throws InterruptedException {
    if (scheduler == null) {
      scheduler = Scheduler.open(c -> c.withCpuThreads(1).withCapacity(1 << 21));
    }
    var held = new CountDownLatch(1);
    var tasks = new Event[size];
    scheduler.submit(held::await);
    for (int i = 0; i < size; i++) {
      tasks[i] = scheduler.submit(options[i & (DEADLINES - 1)], work);
    }
    held.countDown();
    for (Event task : tasks) {
      task.await();
    }
    return ran;
  }

  @Benchmark
  @Subject("ThreadPoolExecutor")
  public long pool() {
    if (pool == null) {
      BlockingQueue<Runnable> queue =
          ordered ? new PriorityBlockingQueue<>() : new LinkedBlockingQueue<>();
      pool = new ThreadPoolExecutor(1, 1, 1, TimeUnit.HOURS, queue);
    }
    var held = new CountDownLatch(1);
    var tasks = new PoolTask[size];
    pool.execute(new PoolTask(Long.MIN_VALUE, -1, held::await));
    for (int i = 0; i < size; i++) {
      Duration deadline = options[i & (DEADLINES - 1)].deadline();
      long due = deadline == null ? 0 : System.nanoTime() + deadline.toNanos();
      tasks[i] = new PoolTask(due, i, work);
      pool.execute(tasks[i]);
    }
    held.countDown();
    for (PoolTask task : tasks) {
      task.done.join();
    }
    return ran;
  }

  /** What a user of a pool would write to have a deadline and something to wait for. */
  private static final class PoolTask implements Runnable, Comparable<PoolTask> {
    final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long due;
    private final long number;
    private final Work work;

    PoolTask(long due, long number, Work work) {
      this.due = due;
      this.number = number;
      this.work = work;
    }

    @Override
    public int compareTo(PoolTask other) {
      return due == other.due ? Long.compare(number, other.number) : Long.compare(due, other.due);
    }

    @Override
    public void run() {
      try {
        work.run();
        done.complete(null);
      } catch (Throwable e) {
        done.completeExceptionally(e);
      }
    }
  }
}
