package dev.carillon.schedule;

import java.time.Duration;
import java.time.ZoneId;

/**
 * When something happens, once or again and again: an immutable value, equal to any other that says
 * the same.
 *
 * {@snippet :
 * Schedule.after(Duration.ofSeconds(5));
 * Schedule.fixedDelay(Duration.ofSeconds(1)).startingAfter(Duration.ofMinutes(1));
 * Schedule.fixedRate(Duration.ofSeconds(1)).missed(Schedule.Missed.COALESCE);
 * Schedule.cron("0 30 6 * * MON-FRI", ZoneId.of("Europe/Berlin"));
 * }
 *
 * <p>An occurrence never begins before the one before has finished. It never comes early; it comes
 * late by as much as the timers and whoever is to run it.
 */
public sealed interface Schedule permits OneTime, Schedule.Repeating {

  /**
   * {@return a schedule of one occurrence}
   *
   * @param delay from the start of the schedule to the occurrence; zero or negative is at once
   */
  static Schedule after(Duration delay) {
    return new OneTime(delay);
  }

  /**
   * {@return a schedule whose occurrences begin a fixed time after the one before has finished, the
   * first at once}
   *
   * @param delay from the finish to the next occurrence; zero repeats without a pause
   * @throws IllegalArgumentException if the delay is negative
   */
  static Repeating fixedDelay(Duration delay) {
    return new FixedDelay(delay, Duration.ZERO);
  }

  /**
   * {@return a schedule whose occurrences lie on a grid of equal periods that begins with the
   * first, at once; those missed are skipped}
   *
   * @param period from one occurrence to the next
   * @throws IllegalArgumentException if the period is not positive
   */
  static Grid fixedRate(Duration period) {
    return new FixedRate(period, Duration.ZERO, Missed.SKIP);
  }

  /**
   * {@return a schedule whose occurrences lie where a cron expression says; those missed are
   * skipped} Follows the wall clock also when that is set, see {@code docs/schedules.md}.
   *
   * @param expression as {@link Cron#parse} takes it
   * @param zone whose local time the expression means
   * @throws IllegalArgumentException if the expression is not one, saying why and where
   */
  static Grid cron(String expression, ZoneId zone) {
    return new CronSchedule(Cron.parse(expression), zone, Duration.ZERO, Missed.SKIP);
  }

  /** A schedule of many occurrences. */
  sealed interface Repeating extends Schedule permits FixedDelay, Grid {

    /**
     * {@return this schedule with a later first occurrence}
     *
     * @param delay from the start of the schedule to the first occurrence, or, of a cron schedule,
     *     to the time after which the first one is looked for; zero or negative is at once
     */
    Repeating startingAfter(Duration delay);
  }

  /** A schedule whose occurrences lie on a grid in time, so that some can be missed. */
  sealed interface Grid extends Repeating permits FixedRate, CronSchedule {

    /**
     * {@return this schedule with another rule for missed occurrences}
     *
     * @param missed what becomes of them
     */
    Grid missed(Missed missed);

    @Override
    Grid startingAfter(Duration delay);
  }

  /**
   * What becomes of an occurrence that is missed: one whose place on the grid is past before the
   * occurrence before it has finished, or before anybody had the time to begin it. Whatever the
   * rule, later occurrences stay on the grid.
   */
  enum Missed {
    /** Missed occurrences do not happen; the next is the first on the grid that is to come. */
    SKIP,

    /** Each missed occurrence happens, as soon as the one before it has finished. */
    BURST,

    /** All missed occurrences become one that happens at once. */
    COALESCE
  }
}
