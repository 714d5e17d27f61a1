package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says why a task is not further. */
final class TaskExplainer {
  private static final int MOST_NAMED = 8;

  private final LocalScheduler scheduler;
  private final Collection<Pool> pools;
  private final TaskTable tasks;

  TaskExplainer(LocalScheduler scheduler, Collection<Pool> pools, TaskTable tasks) {
    this.scheduler = scheduler;
    this.pools = pools;
    this.tasks = tasks;
  }

  /**
   * {@return why a task is not further}
   *
   * @param pending the task, if its event is pending
   */
  TaskExplanation explain(Event event, @Nullable TaskRun pending) {
    TaskRun task = pending == null ? abandoned(event) : pending;
    if (task == null) {
      return new TaskExplanation(
          event.name().orElse("task"),
          TaskPhase.DONE,
          Duration.ZERO,
          0,
          List.of("is over, or was never a task of this scheduler"),
          scheduler.events().explain(event));
    }
    if (task.pool != null) {
      task.shard.catchUp(scheduler.now()); // else it may not know yet that its key is taken
    }
    TaskPhase phase = task.phase;
    var reasons = new ArrayList<String>();
    switch (phase) {
      case PRECONDITIONS -> preconditions(task, reasons);
      case KEY -> key(task, reasons);
      case QUEUED -> queued(task, reasons);
      case PERMITS -> {
        if (task.permits != null) {
          reasons.addAll(scheduler.broker().reasons(task.permits));
        }
      }
      case LOCKS -> reasons.addAll(scheduler.lockTable().reasons(task.lockOwner()));
      case BACKOFF -> reasons.add("waits to be tried again: " + task.waitsWhy);
      case RUNNING -> running(task, reasons);
      case DONE -> {}
    }
    if (task.deadline != Entry.NEVER) {
      reasons.add("its deadline is in " + in(task.deadline));
    }
    if (task.wanted() < task.deadline && task.deadline != Entry.NEVER) {
      reasons.add("others that wait for it want it in " + in(task.wanted()));
    }
    return new TaskExplanation(
        task.toString(),
        phase,
        Duration.ofNanos(Math.max(0, scheduler.now() - task.since())),
        task.attempts,
        reasons,
        scheduler.events().explain(event));
  }

  /** {@return the task of a completed event, if its thread takes no notice of that} */
  private @Nullable TaskRun abandoned(Event event) {
    TaskRun task = tasks.task(event);
    return task != null && task.isAbandoned() ? task : null;
  }

  private Duration in(long time) {
    return Duration.ofNanos(time - scheduler.now());
  }

  private void preconditions(TaskRun task, List<String> reasons) {
    for (Event before : task.options.after()) {
      if (before.status() == EventStatus.PENDING) {
        TaskRun known = tasks.task(before);
        reasons.add(
            known == null
                ? "waits for event " + before.name().orElseGet(() -> before.handle().toString())
                : "waits for task %s, which waits for %s".formatted(known, known.phase.waitsFor()));
      }
    }
  }

  private void key(TaskRun task, List<String> reasons) {
    String holder = task.shard.holderOfKey(task, scheduler.now());
    reasons.add("waits for %s, which has the key %s".formatted(holder, task.key));
  }

  private void queued(TaskRun task, List<String> reasons) {
    Shard.Ahead ahead = task.shard.ahead(task, MOST_NAMED, scheduler.now());
    reasons.add(
        "is in band %s, %d ahead of it%s"
            .formatted(
                new Band(ahead.band()),
                ahead.count(),
                ahead.names().isEmpty() ? "" : ": " + String.join(", ", ahead.names())));
    for (Pool pool : pools) {
      if (pool == task.pool) {
        reasons.add(
            "pool \"%s\" runs %d at once%s".formatted(pool.name, pool.limit, runningOn(pool)));
      }
    }
  }

  private String runningOn(Pool pool) {
    var names = new ArrayList<String>();
    tasks.forEach(other -> {
      if (other.pool == pool && other.phase == TaskPhase.RUNNING && names.size() < MOST_NAMED) {
        names.add(
            "%s for %s%s"
                .formatted(
                    other,
                    Duration.ofNanos(scheduler.now() - other.since()),
                    other.isAbandoned() ? ", abandoned" : ""));
      }
    });
    return names.isEmpty() ? "" : ": " + String.join(", ", names);
  }

  private void running(TaskRun task, List<String> reasons) {
    Thread thread = task.runningThread();
    if (thread == null) {
      return;
    }
    if (task.isAbandoned()) {
      reasons.add(
          "is abandoned: it was interrupted, and still runs after a grace of "
              + scheduler.config().grace());
    }
    reasons.add("runs on thread \"%s\", %s".formatted(thread.getName(), thread.getState()));
    StackTraceElement[] stack = thread.getStackTrace();
    if (stack.length > 0) {
      reasons.add("at " + stack[0]);
    }
  }
}
