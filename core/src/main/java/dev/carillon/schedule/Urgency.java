package dev.carillon.schedule;

import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Makes tasks as urgent as what waits for them. */
final class Urgency implements LockTable.Host {
  /*
   * Deadlines travel backwards: d'(n) = min(d(n), min over successors s of d'(s) - cost(s)), and a
   * task is in no lower band than any that waits for it. Successors are the tasks submitted after
   * its event, those behind it with its key, and those waiting for a lock that it holds. Tasks come
   * one by one, so each new one lowers what is before it, as far as that changes anything; as values
   * only fall, that ends.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private final LocalScheduler scheduler;

  Urgency(LocalScheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Lets the policy choose a task's band, while nobody else knows of the task. */
  void chooseFirst(TaskRun task) {
    int band = chosen(task);
    if (band > task.wantedBand()) {
      task.downgrade(task.wanted(), band);
    } else {
      urge(task, task.wanted(), band);
    }
  }

  /** Lets the policy choose a task's band anew; from now on it only ever rises. */
  void choose(TaskRun task) {
    urge(task, task.wanted(), chosen(task));
  }

  private int chosen(TaskRun task) {
    SchedulerConfig config = scheduler.config();
    if (config.priority().equals(PriorityPolicy.DECLARED)) {
      return task.wantedBand();
    }
    long slack = isDue(task) ? task.wanted() - scheduler.now() - task.cost : Nanos.NEVER;
    var candidate =
        new PriorityPolicy.Candidate(
            task.options.name(),
            task.options.band(),
            Duration.ofNanos(slack),
            Duration.ofNanos(task.cost),
            task.dependents(),
            task.permits == null ? 0 : scheduler.broker().scarcity(task.permits));
    try {
      return Math.min(config.priority().choose(candidate).index(), config.bands() - 1);
    } catch (Throwable e) { // of the user's: the task keeps its band
      LOG.log(System.Logger.Level.ERROR, "the priority policy failed for " + task, e);
      return task.wantedBand();
    }
  }

  /** {@return whether a task has a deadline, or something gave it one that waits for it} */
  private boolean isDue(TaskRun task) {
    return task.deadline != Entry.NEVER
        || task.wanted()
            < scheduler.dueWithoutDeadline(task.submitted, task.options.band().index());
  }

  /** Makes tasks that a task waits for as urgent as it is. */
  void urgePredecessors(TaskRun task) {
    for (TaskRun predecessor : task.predecessors) {
      urge(predecessor, task.latestStart(), task.wantedBand());
    }
  }

  /** Makes the first with a key as urgent as one behind it. */
  void urgeFirstOfKey(Entry first, Entry behind) {
    if (first instanceof TaskRun task) {
      urge(task, behind.latestStart(), behind.wantedBand());
    }
  }

  @Override
  public void urge(TaskRun task, long wanted, int band) {
    if (!task.urge(wanted, band)) {
      return;
    }
    reorder(task);
    if (task.predecessors.isEmpty()) {
      return;
    }
    var urged = new ArrayDeque<TaskRun>();
    urged.add(task);
    while (!urged.isEmpty()) {
      TaskRun next = urged.remove();
      for (TaskRun predecessor : next.predecessors) {
        if (predecessor.urge(next.latestStart(), next.wantedBand())) {
          reorder(predecessor);
          urged.add(predecessor);
        }
      }
    }
  }

  /** Puts a task where its urgency now belongs, in whatever queue it is. */
  private void reorder(TaskRun task) {
    switch (task.phase) {
      case QUEUED, KEY -> {
        if (task.pool != null) {
          task.pool.post(Shard.Message.URGED, task);
        }
      }
      case PERMITS -> {
        if (task.permits != null) {
          scheduler.runner().permitsGranted(scheduler.broker().reorder(task.permits));
        }
      }
      case LOCKS, RUNNING -> {
        LockOwner owner = task.lockOwnerIfAny(); // a running one may wait for a lock, too
        if (owner != null) {
          scheduler.lockTable().reorder(owner);
        }
      }
      default -> {} // takes its urgency along when it enters a queue
    }
  }

  @Override
  public @Nullable TaskRun current() {
    return scheduler.runner().current();
  }

  @Override
  public long dueWithoutDeadline() {
    return scheduler.dueWithoutDeadline(scheduler.now(), Band.LOW.index());
  }

  @Override
  public void proceed(TaskRun task) {
    scheduler.runner().ready(task);
  }
}
