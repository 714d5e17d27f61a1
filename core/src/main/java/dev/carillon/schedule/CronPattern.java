package dev.carillon.schedule;

import java.time.LocalDateTime;

/**
 * The local times that a cron expression matches.
 *
 * @param seconds one bit for each that matches; likewise the others
 */
record CronPattern(long seconds, long minutes, long hours, CronDays days, long months) {
  /*
   * The next match is found field by field, from the hour down and from the day up: in each, the
   * lowest bit at or above where we are. A day that matches has a first time that does, so nothing
   * is ever tried twice, and only months are gone through one by one.
   *
   * Dates repeat every 400 years, which are a whole number of weeks. So a pattern without a date in
   * any 400 years has none at all; the parser refuses it, and the search for the others ends.
   */
  private static final int CYCLE_START = 2000;
  private static final int CYCLE_YEARS = 400;
  private static final int MINUTE = 60;
  private static final int HOUR = 3_600;

  /** {@return whether there is a date that matches} */
  boolean isPossible() {
    for (int year = CYCLE_START; year < CYCLE_START + CYCLE_YEARS; year++) {
      for (int month = nextBit(months, 0); month >= 0; month = nextBit(months, month + 1)) {
        if (days.of(year, month) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** {@return the first match at or after a time, which is a whole second} */
  LocalDateTime nextOrSame(LocalDateTime from) {
    int year = from.getYear();
    int month = from.getMonthValue();
    long matching = (months >>> month & 1) == 0 ? 0 : days.of(year, month);
    int time = timeOrSame(from.getHour(), from.getMinute(), from.getSecond());
    int earliest = time < 0 ? from.getDayOfMonth() + 1 : from.getDayOfMonth();
    int day = nextBit(matching, earliest);
    while (day < 0) {
      month = nextBit(months, month + 1);
      if (month < 0) {
        month = nextBit(months, 0);
        year++;
      }
      day = nextBit(days.of(year, month), 0);
    }
    boolean today =
        day == from.getDayOfMonth() && month == from.getMonthValue() && year == from.getYear();
    int of = today ? time : timeOrSame(0, 0, 0);
    return LocalDateTime.of(year, month, day, of / HOUR, of % HOUR / MINUTE, of % MINUTE);
  }

  /** {@return the first matching second of the day at or after a time; -1 if none is left} */
  private int timeOrSame(int hour, int minute, int second) {
    if ((hours >>> hour & 1) != 0) {
      if ((minutes >>> minute & 1) != 0) {
        int sameMinute = nextBit(seconds, second);
        if (sameMinute >= 0) {
          return hour * HOUR + minute * MINUTE + sameMinute;
        }
      }
      int sameHour = nextBit(minutes, minute + 1);
      if (sameHour >= 0) {
        return hour * HOUR + sameHour * MINUTE + nextBit(seconds, 0);
      }
    }
    int later = nextBit(hours, hour + 1);
    return later < 0 ? -1 : later * HOUR + nextBit(minutes, 0) * MINUTE + nextBit(seconds, 0);
  }

  /** {@return the lowest bit that is set, of those from one below 64 on; -1 if none is} */
  private static int nextBit(long bits, int from) {
    long ahead = bits >>> from << from;
    return ahead == 0 ? -1 : Long.numberOfTrailingZeros(ahead);
  }
}
