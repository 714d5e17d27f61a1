package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A scheduler whose threads are the test's own, on a clock that stands until moved. A task that
 * calls {@link #step} lets another run while it does.
 */
final class ByHand implements AutoCloseable {
  final GateClock clock = new GateClock();
  final ManualThreads threads = new ManualThreads();
  final Scheduler scheduler;
  final List<String> ran = new ArrayList<>();

  ByHand() {
    this(c -> c);
  }

  ByHand(UnaryOperator<SchedulerConfig> configure) {
    scheduler = Scheduler.open(c -> configure.apply(ManualThreads.config(c, threads, clock)));
  }

  /** Submits a task that notes its name in {@link #ran}. */
  Event submit(String name, UnaryOperator<TaskOptions> configure) {
    return submit(name, configure, () -> {});
  }

  Event submit(String name, UnaryOperator<TaskOptions> configure, Work work) {
    return scheduler.submit(
        t -> configure.apply(t.named(name)),
        () -> {
          ran.add(name);
          work.run();
        });
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

  SchedulerStats stats() {
    return scheduler.stats();
  }

  static Duration millis(int count) {
    return Duration.ofMillis(count);
  }

  static String poison(Event event) {
    return event.poison().orElseThrow().message();
  }

  @Override
  public void close() {
    threads.runDirectly();
    Thread closer = Thread.ofPlatform().daemon().start(scheduler::close);
    try {
      while (!closer.join(Duration.ofMillis(50))) {
        clock.advance(Duration.ofSeconds(2)); // past the grace, if a task is stuck
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while the scheduler closes", e);
    }
  }
}
