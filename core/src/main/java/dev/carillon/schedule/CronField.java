package dev.carillon.schedule;

import java.util.Locale;

/** A field of a cron expression, and the values it may have. */
enum CronField {
  SECOND(0, 59, ""),
  MINUTE(0, 59, ""),
  HOUR(0, 23, ""),
  DAY_OF_MONTH(1, 31, ""),
  MONTH(1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"),
  DAY_OF_WEEK(0, 6, "SUNMONTUEWEDTHUFRISAT");

  private static final int NAME = 3;

  final int min;
  final int max;
  private final String names; // of the values from min on, three letters each

  CronField(int min, int max, String names) {
    this.min = min;
    this.max = max;
    this.names = names;
  }

  /** {@return the greatest number that may be written: Sunday is 0 and 7} */
  int greatest() {
    return this == DAY_OF_WEEK ? max + 1 : max;
  }

  /** {@return the value that has a name, or -1} */
  int named(String name) {
    int place = name.length() == NAME ? names.indexOf(name) : -1;
    return place >= 0 && place % NAME == 0 ? min + place / NAME : -1;
  }

  /** {@return what values there are, for people} */
  String domain() {
    String numbers = min + " to " + greatest();
    return names.isEmpty()
        ? numbers
        : "%s or %s to %s"
            .formatted(numbers, names.substring(0, NAME), names.substring(names.length() - NAME));
  }

  boolean isDays() {
    return this == DAY_OF_MONTH || this == DAY_OF_WEEK;
  }

  /** {@return a bit for each value from one to another, by steps, around the end if need be} */
  long bits(int from, int to, int step) {
    int size = max - min + 1;
    int end = to < from ? to + size : to;
    long bits = 0;
    for (int value = from; value <= end; value += step) {
      bits |= 1L << (min + (value - min) % size);
    }
    return bits;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
