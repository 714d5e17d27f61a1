package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A scheduler of one thread, the test's, on a clock that stands until moved. A task that calls
 * {@link #step} lets another run while it does.
 */
final class ManualScheduler implements AutoCloseable {
  final ManualClock clock = new ManualClock();
  final ManualThreads threads = new ManualThreads();
  final List<String> ran = new ArrayList<>();
  final Scheduler scheduler;
  final Locks locks;
  private volatile boolean closing;

  ManualScheduler() {
    this(c -> c);
  }

  ManualScheduler(UnaryOperator<SchedulerConfig> configure) {
    scheduler = Scheduler.open(c -> configure.apply(ManualThreads.config(c, threads, clock)));
    locks = scheduler.locks();
  }

  /** Submits a task that writes down its name. */
  Event submit(String name, UnaryOperator<TaskOptions> configure) {
    return submit(name, configure, () -> {});
  }

  /** Submits a task that writes down its name and works. */
  Event submit(String name, UnaryOperator<TaskOptions> configure, Work work) {
    return scheduler.submit(
        t -> configure.apply(t.named(name)),
        () -> {
          ran.add(name);
          work.run();
        });
  }

  /** Submits a task that writes down its name. */
  Event submit(String name) {
    return submit(name, t -> t);
  }

  void step() {
    threads.step();
  }

  void runAll() {
    threads.runAll();
  }

  void advance(int millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  static Duration millis(int count) {
    return Duration.ofMillis(count);
  }

  static Duration seconds(long count) {
    return Duration.ofSeconds(count);
  }

  static String poison(Event event) {
    return event.poison().orElseThrow().message();
  }

  SchedulerStats stats() {
    return scheduler.stats();
  }

  /** Waits until so many threads block. */
  void untilBlocked(int count) throws Exception {
    untilBlocked(scheduler.events(), count);
  }

  /** Waits until so many threads block; who only listens is no thread. */
  static void untilBlocked(EventSystem events, int count) throws Exception {
    Patience.until(
        count + " threads blocked",
        () ->
            events.waitGraph().edges().stream().filter(edge -> edge.how().equals("await")).count()
                == count);
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

  /** {@return whether the test is over, and what goes on for ever should stop} */
  boolean isClosing() {
    return closing;
  }

  /** Closes the scheduler; time passes as it does, so that what does not stop is left behind. */
  @Override
  public void close() {
    closing = true;
    threads.runDirectly();
    try (var workers = new Workers()) {
      Thread closer = workers.start(scheduler::close);
      Patience.until(
          "it is closed",
          () -> {
            clock.advance(Duration.ofMillis(100));
            return !closer.isAlive();
          });
    } catch (Exception e) {
      throw new AssertionError("while closing", e);
    }
  }
}
