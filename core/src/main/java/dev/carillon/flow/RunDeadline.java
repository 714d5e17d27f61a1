package dev.carillon.flow;

import dev.carillon.schedule.TaskOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When what a run does is due, by the deadlines of its cycle and by its own. */
final class RunDeadline {
  private final LocalRun<?> run;
  private final long at; // by the run's clock; NONE if it has none

  RunDeadline(LocalRun<?> run, @Nullable Duration fromStart) {
    this.run = run;
    this.at = fromStart == null ? Deadlines.NONE : run.beganAt() + Deadlines.nanos(fromStart);
  }

  /** {@return when a part is due in an iteration, by the run's clock; NONE for never} */
  long of(UnitRun unit, long iteration, @Nullable PartRules rules) {
    if (rules == null) {
      return at;
    }
    long byRun = at == Deadlines.NONE ? Deadlines.NONE : at - rules.tailNanos();
    return rules.dueNanos() == Deadlines.NONE
        ? byRun
        : Deadlines.earlier(byRun, unit.iterations.beganAt(iteration) + rules.dueNanos());
  }

  /** {@return the options of a task that is due} */
  TaskOptions task(TaskOptions options, long dueAt) {
    if (dueAt == Deadlines.NONE) {
      return options;
    }
    long left = dueAt - run.clock().nanos();
    boolean isBounded = run.scheduler().config().admission() != Double.POSITIVE_INFINITY;
    return left <= 0 && isBounded
        ? options // nobody could promise to be in time, and it is to be done all the same
        : options.deadline(ahead(left));
  }

  /**
   * {@return the options of a task that decides nodes, and calls the parts that have no task of
   * their own} It is due when the first of those have to begin that it makes possible.
   */
  TaskOptions turn(TaskOptions options, UnitRun unit) {
    if (unit.plan.due == Deadlines.NONE) {
      return task(options, at);
    }
    long began = unit.iterations.beganAt(Math.max(1, unit.iterations.begun()));
    return task(options, Deadlines.earlier(at, began + unit.plan.due));
  }

  /** {@return the options of a run that is a part of this one, which is due} */
  RunOptions child(RunOptions options, long dueAt) {
    return dueAt == Deadlines.NONE ? options : options.deadline(ahead(dueAt - run.clock().nanos()));
  }

  private static Duration ahead(long nanos) {
    return Duration.ofNanos(Math.max(1, nanos));
  }
}
