package dev.carillon.schedule;

import java.time.LocalDate;

/**
 * The days that both fields of days match, which depends on the month. Weekdays are counted from
 * Sunday, 0.
 *
 * @param days of the month, bit 1 to 31
 * @param beforeLast days before the last of the month, bit 0 to 30
 * @param nearest days whose nearest working day matches
 * @param lastWorking whether the last working day matches
 * @param weekdays every such weekday, bit 0 to 6
 * @param lastWeekdays the last such weekday of the month, bit 0 to 6
 * @param nthWeekdays the n-th such weekday of the month, bit 7 (n - 1) + weekday
 */
record CronDays(
    long days,
    long beforeLast,
    long nearest,
    boolean lastWorking,
    long weekdays,
    long lastWeekdays,
    long nthWeekdays) {
  private static final int WEEK = 7;
  private static final int SUNDAY = 0;
  private static final int SATURDAY = 6;
  private static final int LONGEST = 31;

  /** {@return the days of a month that match, bit 1 to 31} */
  long of(int year, int month) {
    LocalDate first = LocalDate.of(year, month, 1);
    int length = first.lengthOfMonth();
    int weekday = first.getDayOfWeek().getValue() % WEEK;
    long all = (1L << (length + 1)) - 2;
    return all & byDay(weekday, length) & byWeekday(weekday, length);
  }

  /**
   * {@return what the day of the month matches, and perhaps days that the month does not have}
   *
   * @param first the weekday of the first day
   * @param length of the month
   */
  private long byDay(int first, int length) {
    long matching = days;
    if (beforeLast != 0) {
      matching |= Long.reverse(beforeLast) >>> (Long.SIZE - 1 - length);
    }
    if (lastWorking) {
      matching |= 1L << working(length, first, length);
    }
    for (int day = 1; day <= length && nearest >>> day != 0; day++) {
      if ((nearest >>> day & 1) != 0) {
        matching |= 1L << working(day, first, length);
      }
    }
    return matching;
  }

  /** {@return the working day nearest to a day, in the same month} */
  private static int working(int day, int first, int length) {
    return switch ((first + day - 1) % WEEK) {
      case SATURDAY -> day == 1 ? day + 2 : day - 1;
      case SUNDAY -> day == length ? day - 2 : day + 1;
      default -> day;
    };
  }

  private long byWeekday(int first, int length) {
    long matching = 0;
    for (int weekday = SUNDAY; weekday <= SATURDAY; weekday++) {
      int earliest = 1 + (weekday - first + WEEK) % WEEK;
      for (int day = earliest; day <= LONGEST; day += WEEK) {
        boolean every = (weekdays >>> weekday & 1) != 0;
        boolean nth = (nthWeekdays >>> (day - earliest + weekday) & 1) != 0;
        boolean last = (lastWeekdays >>> weekday & 1) != 0 && day <= length && day + WEEK > length;
        matching |= every || nth || last ? 1L << day : 0;
      }
    }
    return matching;
  }
}
