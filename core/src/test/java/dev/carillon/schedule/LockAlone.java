package dev.carillon.schedule;

import dev.carillon.event.EventSystem;

/** A table of locks without a scheduler, for plain threads. */
final class LockAlone implements LockTable.Host {
  private LockAlone() {}

  static LockTable table(EventSystem events, DeadlockPolicy policy) {
    return new LockTable(events, policy, new LockAlone());
  }

  @Override
  public TaskRun current() {
    return null;
  }

  @Override
  public long dueWithoutDeadline() {
    return 0;
  }

  @Override
  public void urge(TaskRun task, long wanted, int band) {
    throw new IllegalStateException("there are no tasks: task=" + task);
  }

  @Override
  public void proceed(TaskRun task) {
    throw new IllegalStateException("there are no tasks: task=" + task);
  }
}
