package dev.carillon.schedule;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A scheduler of one thread, the test's, on a clock that stands until moved. A task that calls
 * {@link #step} lets another run while it does.
 */
final class ManualScheduler implements AutoCloseable {
  final GateClock clock = new GateClock();
  final ManualThreads threads = new ManualThreads();
  final List<String> ran = new ArrayList<>();
  final Scheduler scheduler;
  private volatile boolean closing;

  ManualScheduler() {
    this(c -> c);
  }

  ManualScheduler(UnaryOperator<SchedulerConfig> configure) {
    scheduler = Scheduler.open(c -> configure.apply(ManualThreads.config(c, threads, clock)));
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

  static String poison(Event event) {
    return event.poison().orElseThrow().message();
  }

  SchedulerStats stats() {
    return scheduler.stats();
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
