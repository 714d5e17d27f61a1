package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

/** A scheduler whose time moves, and whose tasks run, when the test says so. */
final class LockBench implements AutoCloseable {
  final LockClock clock = new LockClock();
  final ConcurrentLinkedQueue<Runnable> turns = new ConcurrentLinkedQueue<>();
  final List<String> log = new ArrayList<>();
  final Scheduler scheduler;
  private volatile boolean closing;
  final Locks locks;

  LockBench() {
    this(c -> c);
  }

  LockBench(UnaryOperator<SchedulerConfig> configure) {
    this.scheduler =
        Scheduler.open(c ->
            configure.apply(c.withClock(clock).withCpuThreads(1).withCpuExecutor(this::start)));
    this.locks = scheduler.locks();
  }

  /** Lets everything run that is ready. */
  void runAll() {
    for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
      turn.run();
    }
  }

  /** Submits a task that writes its name down. */
  Event submit(String name, UnaryOperator<TaskOptions> configure) {
    return scheduler.submit(t -> configure.apply(t.named(name)), () -> log.add(name));
  }

  LockTable table() {
    return ((LocalScheduler) scheduler).lockTable();
  }

  /** Waits until so many threads block. */
  void untilBlocked(int threads) throws Exception {
    untilBlocked(scheduler.events(), threads);
  }

  /** Waits until so many threads block; who only listens is no thread. */
  static void untilBlocked(EventSystem events, int threads) throws Exception {
    Patience.until(
        threads + " threads blocked",
        () ->
            events.waitGraph().edges().stream().filter(edge -> edge.how().equals("await")).count()
                == threads);
  }

  /** Fails if anything is still held. */
  void assertNothingHeld() {
    assertNothingHeld(scheduler);
  }

  static void assertNothingHeld(Scheduler scheduler) {
    SchedulerStats stats = scheduler.stats();
    assertThat(stats.locksHeld()).as("locks held").isZero();
    assertThat(stats.permitsFree()).isEqualTo(scheduler.config().resources());
    assertThat(stats.held()).as("tasks held").isZero();
    assertThat(stats.succeeded() + stats.failed() + stats.cancelled() + stats.rejected())
        .as("ends, of %s", stats)
        .isEqualTo(stats.submitted());
  }

  static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private void start(Runnable turn) {
    if (closing) {
      turn.run(); // so that a test that failed half-way does not hang as well
    } else {
      turns.add(turn);
    }
  }

  @Override
  public void close() {
    closing = true;
    runAll();
    scheduler.close();
  }
}
