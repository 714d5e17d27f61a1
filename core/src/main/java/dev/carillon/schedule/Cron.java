package dev.carillon.schedule;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * A cron expression: an immutable pattern of local times, to the second.
 *
 * <p>Six fields, separated by blanks: second, minute, hour, day of the month, month, day of the
 * week. Five fields are taken to begin with the minute. {@code docs/schedules.md} has the whole
 * syntax. A date has to match both fields of days.
 *
 * <p>Where clocks are set for daylight saving time, expressions differ by their hours:
 *
 * <ul>
 *   <li>If not all hours match, an expression means times of the day. What would occur in the gap,
 *       when clocks go forward, occurs at the end of the gap, at once and once; what occurs in the
 *       overlap, when clocks go back, occurs in its first pass only.
 *   <li>If all hours match, an expression means intervals. It occurs in both passes of the overlap,
 *       and nothing is made up for the gap.
 * </ul>
 *
 * <p>Two expressions are equal if they match the same times.
 */
public final class Cron {
  private static final long EVERY_HOUR = (1L << 24) - 1;

  private final String expression;
  private final CronPattern pattern;

  private Cron(String expression, CronPattern pattern) {
    this.expression = expression;
    this.pattern = pattern;
  }

  /**
   * {@return what an expression means}
   *
   * @param expression five or six fields, or a name such as {@code @daily}
   * @throws IllegalArgumentException if it breaks a rule, naming field, rule, value and position;
   *     or if no date matches, like February 30
   */
  public static Cron parse(String expression) {
    return new Cron(expression.strip(), CronParser.parse(expression));
  }

  /**
   * {@return the first match later than a time, in the zone of that time} Takes a handful of steps,
   * however far the match is.
   *
   * @param after the time
   * @throws DateTimeException if the match is later than a date can be
   */
  public ZonedDateTime next(ZonedDateTime after) {
    ZonedDateTime second = after.truncatedTo(ChronoUnit.SECONDS);
    ZonedDateTime from = second.plusSeconds(1); // matches are whole seconds
    return pattern.hours() == EVERY_HOUR ? nextInterval(from) : nextTime(from, second.getOffset());
  }

  /** {@return the first match at or after a time, each offset of the zone taken on its own} */
  private ZonedDateTime nextInterval(ZonedDateTime from) {
    ZoneRules rules = from.getZone().getRules();
    LocalDateTime start = from.toLocalDateTime();
    ZoneOffset offset = from.getOffset();
    ZoneOffsetTransition change = rules.nextTransition(from.toInstant());
    while (true) {
      LocalDateTime match = pattern.nextOrSame(start);
      if (change == null || match.isBefore(change.getDateTimeBefore())) {
        return ZonedDateTime.ofInstant(match, offset, from.getZone());
      }
      start = change.getDateTimeAfter();
      offset = change.getOffsetAfter();
      change = rules.nextTransition(change.getInstant());
    }
  }

  /**
   * {@return the first match at or after a time, each local time taken once}
   *
   * @param before the offset one second earlier
   */
  private ZonedDateTime nextTime(ZonedDateTime from, ZoneOffset before) {
    ZoneRules rules = from.getZone().getRules();
    LocalDateTime start = from.toLocalDateTime();
    ZoneOffsetTransition overlap = rules.getTransition(start);
    if (overlap != null && from.getOffset().equals(overlap.getOffsetAfter())) {
      start = overlap.getDateTimeBefore(); // the second pass: go to its end
    } else if (before.getTotalSeconds() < from.getOffset().getTotalSeconds()) {
      start = from.withZoneSameInstant(before).toLocalDateTime(); // the end of a gap: its begin
    }
    LocalDateTime match = pattern.nextOrSame(start);
    ZoneOffsetTransition change = rules.getTransition(match);
    if (change != null && change.isGap()) {
      return change.getInstant().atZone(from.getZone());
    }
    return ZonedDateTime.ofLocal(match, from.getZone(), null); // in an overlap: the first pass
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron && pattern.equals(cron.pattern);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  /** {@return the expression} */
  @Override
  public String toString() {
    return expression;
  }
}
