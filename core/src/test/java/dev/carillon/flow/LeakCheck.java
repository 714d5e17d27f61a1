package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import dev.carillon.schedule.SchedulerStats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * A flow and a scheduler of which closing checks that nothing is left of what went on there: tasks,
 * locks, permits, pending events, timers, runs and threads.
 */
final class LeakCheck implements AutoCloseable {
  static final Duration GRACE = Duration.ofMillis(20);
  private static final AtomicLong NUMBERS = new AtomicLong();

  final Scheduler scheduler;
  final LocalFlow flow;
  private final String name = "leak-check-" + NUMBERS.incrementAndGet() + ".";
  private final CapturedLog log = new CapturedLog("dev.carillon"); // of what is left behind

  LeakCheck(int threads) {
    this(c -> c.withCpuThreads(threads));
  }

  LeakCheck(UnaryOperator<SchedulerConfig> configure) {
    this(configure, c -> c);
  }

  LeakCheck(UnaryOperator<SchedulerConfig> configure, UnaryOperator<FlowConfig> configureFlow) {
    scheduler =
        Scheduler.open(
            c -> configure.apply(c.withName(name).withGrace(GRACE).withResource("r", 2)));
    flow = (LocalFlow) Flow.open(scheduler, c -> configureFlow.apply(c.withName(name)));
  }

  <I, O> LocalRun<O> start(Cycle<I, O> cycle, I input, RunProbe probe) {
    return flow.start(cycle, input, RunOptions.DEFAULT, probe);
  }

  /** Waits until a run has ended: {@return how} */
  static RunStatus end(Run<?> run) throws InterruptedException {
    return run.await(Patience.LONG)
        .orElseThrow(() -> new AssertionError("the run did not end: " + run.explain()));
  }

  /** Fails if a run that has ended left something behind in its gates. */
  static void assertGatesAreEmpty(LocalRun<?> run) throws Exception {
    Patience.until(
        "gates are empty",
        () -> run.gates().gates().stream().allMatch(g -> g.inUse() == 0 && g.waiting() == 0));
  }

  /** Fails if anything stays once all runs have ended. */
  void assertNothingLeft() throws Exception {
    Patience.until(
        "no run is left", () -> flow.runs().isEmpty()); // a child may end after its parent
    Patience.until("no task is held", () -> scheduler.stats().held() == 0);
    SchedulerStats stats = scheduler.stats();
    assertThat(stats.locksHeld()).as("locks held").isZero();
    assertThat(stats.permitsFree()).isEqualTo(scheduler.config().resources());
    Patience.until("no event is pending", () -> scheduler.events().stats().pending() == 0);
  }

  private boolean hasThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith(name));
  }

  @Override
  public void close() {
    try {
      for (Run<?> run : flow.runs()) {
        run.cancel();
        end(run); // so that a fault of ours fails the test instead of stopping it
      }
      flow.close();
      assertNothingLeft();
      assertThat(flow.timers().pending()).as("timers").isZero();
      scheduler.close();
      Patience.until("its threads end", () -> !hasThreads());
    } catch (Exception e) {
      throw new AssertionError("while looking what is left", e);
    } finally {
      log.close();
    }
  }
}
