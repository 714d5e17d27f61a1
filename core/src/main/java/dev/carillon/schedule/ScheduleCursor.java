package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A place in a schedule that was started: its occurrences one after another, for who waits for them
 * on a thread of its own. It has no thread, and remembers nothing but its place.
 *
 * {@snippet :
 * var cursor = ScheduleCursor.start(Schedule.cron("0 30 6 * * *", zone), Clock.system());
 * while (true) {
 *   cursor.awaitDue();
 *   cursor.tryBegin().ifPresent(occurrence -> {
 *     run(occurrence);
 *     cursor.finish();
 *   });
 * }
 * }
 *
 * <p>Not safe for use by several threads at a time.
 */
public sealed interface ScheduleCursor permits LocalCursor {

  /**
   * One occurrence.
   *
   * @param due when it was to begin, on the wall clock
   * @param through when the last occurrence was to begin for which this one stands; {@code due}
   *     unless it stands for several. Who continues {@linkplain #resume behind it} repeats none
   * @param missed how many occurrences did not happen, or became this one, since the one before
   */
  record Occurrence(Instant due, Instant through, long missed) {}

  /**
   * {@return a schedule that starts now}
   *
   * @param schedule says when
   * @param clock what counts as time
   */
  static ScheduleCursor start(Schedule.Repeating schedule, Clock clock) {
    return new LocalCursor(Occurrences.of(schedule, clock), clock);
  }

  /**
   * {@return a schedule that goes on behind an occurrence, whether that was in this process or in
   * another} What lay on its grid since then is missed, and becomes what its rule for {@linkplain
   * Schedule.Missed missed occurrences} says. A fixed delay counts from when that occurrence was
   * due. If the wall clock was set back behind it, a cron schedule goes on as {@code
   * docs/schedules.md} says, any other after one period or delay.
   *
   * @param schedule says when; when it would start is not looked at
   * @param clock what counts as time
   * @param through of that occurrence
   */
  static ScheduleCursor resume(Schedule.Repeating schedule, Clock clock, Instant through) {
    Objects.requireNonNull(through, "through");
    return new LocalCursor(Occurrences.of(schedule, clock, through), clock);
  }

  /**
   * Waits until the next occurrence may be due, and returns earlier now and then: the wall clock
   * may have been set. So {@link #tryBegin} has the last word.
   *
   * @throws InterruptedException if the thread is interrupted first
   * @throws IllegalStateException if an occurrence has begun and is not finished
   */
  void awaitDue() throws InterruptedException;

  /**
   * {@return how long {@link #awaitDue} would wait now; zero if it would not} For who has a timer
   * call {@link #tryBegin} then, and asks again if that finds nothing due: of a cron schedule it is
   * a minute at most, since the wall clock may be set meanwhile. There is always a next occurrence,
   * for a schedule that repeats does so for ever.
   *
   * @throws IllegalStateException if an occurrence has begun and is not finished
   */
  Duration untilDue();

  /**
   * Begins the next occurrence, if it is due. What has been missed by now is counted now.
   *
   * @return the occurrence; nothing if it is not due yet
   * @throws IllegalStateException if one has begun and is not finished
   */
  Optional<Occurrence> tryBegin();

  /**
   * Finishes the occurrence that has begun: a fixed delay counts from here.
   *
   * @throws IllegalStateException if none has
   */
  void finish();
}
