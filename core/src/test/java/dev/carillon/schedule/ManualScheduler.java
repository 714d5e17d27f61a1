package dev.carillon.schedule;

import dev.carillon.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A scheduler of one thread, the test's, on a clock that stands until moved. */
final class ManualScheduler implements AutoCloseable {
  final GateClock clock = new GateClock();
  final ManualThreads threads = new ManualThreads();
  final List<String> ran = new ArrayList<>();
  final Scheduler scheduler;

  ManualScheduler() {
    this(c -> c);
  }

  ManualScheduler(UnaryOperator<SchedulerConfig> configure) {
    scheduler = Scheduler.open(c -> configure.apply(ManualThreads.config(c, threads, clock)));
  }

  /** Submits a task that writes down its name. */
  Event submit(String name, UnaryOperator<TaskOptions> configure) {
    return scheduler.submit(t -> configure.apply(t.named(name)), () -> ran.add(name));
  }

  /** Submits a task that writes down its name. */
  Event submit(String name) {
    return submit(name, t -> t);
  }

  SchedulerStats stats() {
    return scheduler.stats();
  }

  @Override
  public void close() {
    threads.runDirectly();
    scheduler.close();
  }
}
