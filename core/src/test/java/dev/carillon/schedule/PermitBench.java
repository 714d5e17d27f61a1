package dev.carillon.schedule;

import java.util.List;
import java.util.Map;

/** A broker alone, and tasks that are nothing but an order. */
final class PermitBench implements AutoCloseable {
  private final LocalScheduler scheduler =
      (LocalScheduler) Scheduler.open(c -> c.withCpuExecutor(turn -> {}));
  private final Shard shard = new Shard(2, 16, Entry.NEVER, (first, behind) -> {});
  final PermitBroker broker;
  private long number;

  PermitBench(Map<String, Long> permits) {
    this.broker = new PermitBroker(permits);
  }

  /** {@return what a new task wants that is due then} */
  PermitBroker.Wait want(String name, long due, Map<String, Long> needs) {
    var admitted =
        new TaskRun.Admitted(null, shard, number++, 0, Entry.NEVER, due, Band.LOW.index(), 0, 0);
    var task =
        new TaskRun(
            scheduler,
            TaskOptions.DEFAULT.named(name),
            (Work) () -> {},
            scheduler.events().newEvent(name),
            null,
            admitted,
            List.of());
    return broker.want(task, needs);
  }

  static List<String> names(List<TaskRun> tasks) {
    return tasks.stream().map(TaskRun::name).toList();
  }

  @Override
  public void close() {
    scheduler.close();
  }
}
