package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Instant;

/**
 * The occurrences of one schedule that was started, one after another: a cursor. All times are in
 * the terms of {@link Clock#nanos()}. Not safe for use by several threads: its owner, the task that
 * repeats, orders the calls.
 */
sealed interface Occurrences permits DelayOccurrences, RateOccurrences, CronOccurrences {
  /*
   * Protocol: wait until first(), then
   *
   *   at = wake(now)      if at is after now, wait until at, and call wake again;
   *                       otherwise this occurrence has begun: run it, then
   *   at = next(now)      if at is NEVER, that was the last; otherwise wait until at, which may be
   *                       past already, and call wake.
   *
   * Only wake makes an occurrence begin. So a cursor may have itself woken before the time, to see
   * whether the wall clock was set; and what was missed by the time an occurrence begins is counted
   * then, whoever was late. No cursor remembers more than its place on the grid.
   */

  /** The deadline of what does not happen. */
  long NEVER = Clock.Alarm.NEVER;

  /** {@return the occurrences of a schedule that starts now} */
  static Occurrences of(Schedule schedule, Clock clock) {
    return switch (schedule) {
      case OneTime once -> new DelayOccurrences(clock, once.delay(), null);
      case FixedDelay fixed -> new DelayOccurrences(clock, fixed.start(), fixed.delay());
      case FixedRate fixed -> new RateOccurrences(fixed, clock);
      case CronSchedule cron -> new CronOccurrences(cron, clock);
    };
  }

  /**
   * {@return the occurrences of a schedule that was started before, behind one of them: as if that
   * had just finished}
   *
   * @param after when that was due, on the wall clock
   */
  static Occurrences of(Schedule schedule, Clock clock, Instant after) {
    return switch (schedule) {
      case OneTime once -> new DelayOccurrences(clock, once.delay(), null);
      case FixedDelay fixed -> DelayOccurrences.behind(after, fixed.delay(), clock);
      case FixedRate fixed -> new RateOccurrences(fixed, clock, after);
      case CronSchedule cron -> new CronOccurrences(cron, clock, after);
    };
  }

  /** {@return when to call {@link #wake} first} */
  long first();

  /**
   * Begins the occurrence that was waited for, if it is due.
   *
   * @param now the time
   * @return when that occurrence is due: has begun, if not after {@code now}; otherwise when to
   *     call again, at the latest
   */
  long wake(long now);

  /**
   * Ends the occurrence that had begun.
   *
   * @param finished when
   * @return when to call {@link #wake} for the next occurrence, or {@link #NEVER}
   */
  long next(long finished);

  /** {@return when the occurrence that has begun was due, on the wall clock} */
  Instant due();

  /** {@return when the last occurrence was due for which the one that has begun stands} */
  default Instant through() {
    return due();
  }

  /** {@return how many occurrences were skipped, or became one with another} */
  long missed();

  /** {@return a time so long after another that is not {@link #NEVER}, which is a time as well} */
  static long after(long time, long nanos) {
    long deadline = time + nanos;
    return deadline == NEVER ? deadline + 1 : deadline;
  }
}
