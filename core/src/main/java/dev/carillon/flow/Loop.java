package dev.carillon.flow;

import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Schedule;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When a cycle runs again: immutable, changed by its methods.
 *
 * <p>An iteration begins when both its time has come and what it {@linkplain Sync.Between waits
 * for} of others has ended.
 *
 * {@snippet :
 * Loop.times(10);
 * Loop.every(Duration.ofMillis(500));
 * Loop.forever().until(view -> view.read(LOSS) < 0.1);
 * Loop.on(Schedule.cron("0 30 6 * * MON-FRI", zone)).afterFailure(Loop.AfterFailure.goOn(backoff));
 * }
 *
 * @param schedule when iterations are due; null for at once
 * @param most the most iterations
 * @param until ends the loop when it says so after an iteration; null for never
 * @param afterFailure what an iteration that ends with {@link RunStatus#ERROR} means for the loop
 */
public record Loop(
    Schedule.@Nullable Repeating schedule,
    long most,
    @Nullable Guard until,
    AfterFailure afterFailure) {

  /**
   * What an iteration that failed means for the loop.
   *
   * @param failures the loop ends after so many in a row; 1 ends it at once
   * @param backoff how long to wait after each
   */
  public record AfterFailure(int failures, Backoff backoff) {
    /** Ends the loop at once. */
    public static final AfterFailure STOP = new AfterFailure(1, Backoff.fixed(Duration.ZERO));

    /** Checks the fields. */
    public AfterFailure {
      Objects.requireNonNull(backoff, "backoff");
      if (failures < 1) {
        throw new IllegalArgumentException("failures must be at least 1: failures=" + failures);
      }
    }

    /**
     * {@return one by which the loop goes on}
     *
     * @param backoff how long to wait after each failure
     */
    public static AfterFailure goOn(Backoff backoff) {
      return new AfterFailure(Integer.MAX_VALUE, backoff);
    }

    /**
     * {@return one by which the loop ends after so many failures in a row}
     *
     * @param failures how many
     * @param backoff how long to wait after each
     */
    public static AfterFailure stopAfter(int failures, Backoff backoff) {
      return new AfterFailure(failures, backoff);
    }
  }

  /**
   * Checks the fields.
   *
   * @throws IllegalArgumentException if {@code most} is not positive
   */
  public Loop {
    Objects.requireNonNull(afterFailure, "afterFailure");
    if (most < 1) {
      throw new IllegalArgumentException("a loop has at least 1 iteration: most=" + most);
    }
  }

  /** {@return one iteration} */
  public static Loop once() {
    return times(1);
  }

  /** {@return one iteration after another} */
  public static Loop forever() {
    return times(Long.MAX_VALUE);
  }

  /**
   * {@return so many iterations}
   *
   * @param most how many
   */
  public static Loop times(long most) {
    return new Loop(null, most, null, AfterFailure.STOP);
  }

  /**
   * {@return iterations when a schedule says}
   *
   * @param schedule with its rule for those that are missed
   */
  public static Loop on(Schedule.Repeating schedule) {
    return new Loop(
        Objects.requireNonNull(schedule, "schedule"), Long.MAX_VALUE, null, AfterFailure.STOP);
  }

  /**
   * {@return iterations at a fixed rate; those missed are skipped}
   *
   * @param period from one to the next
   */
  public static Loop every(Duration period) {
    return on(Schedule.fixedRate(period));
  }

  /**
   * {@return iterations with a pause between them}
   *
   * @param pause from the end of one to the beginning of the next
   */
  public static Loop withPause(Duration pause) {
    return on(Schedule.fixedDelay(pause));
  }

  /**
   * {@return iterations when a cron expression says; those missed are skipped}
   *
   * @param expression as {@link dev.carillon.schedule.Cron#parse} takes it
   * @param zone whose local time it means
   */
  public static Loop cron(String expression, ZoneId zone) {
    return on(Schedule.cron(expression, zone));
  }

  /**
   * {@return this loop, ended when a condition holds after an iteration} Iterations that have begun
   * by then are finished.
   *
   * @param condition whether it is enough; if it throws, the run ends with {@link RunStatus#ERROR}
   */
  public Loop until(Guard condition) {
    return new Loop(schedule, most, Objects.requireNonNull(condition, "condition"), afterFailure);
  }

  /**
   * {@return this loop with a bound}
   *
   * @param newMost the most iterations
   */
  public Loop atMost(long newMost) {
    return new Loop(schedule, newMost, until, afterFailure);
  }

  /**
   * {@return this loop with another answer to failures}
   *
   * @param newAfterFailure what an iteration that fails means for it
   */
  public Loop afterFailure(AfterFailure newAfterFailure) {
    return new Loop(schedule, most, until, newAfterFailure);
  }
}
