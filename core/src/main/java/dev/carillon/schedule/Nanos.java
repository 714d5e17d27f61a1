package dev.carillon.schedule;

import java.time.Duration;

/** Durations as nanoseconds, none of which is too long. */
final class Nanos {
  /** The time that never comes. */
  static final long NEVER = Long.MAX_VALUE;

  /** As far ahead of a clock as a time can be and still compares as later: 146 years. */
  static final long FARTHEST = Long.MAX_VALUE / 2;

  private static final Duration LONGEST = Duration.ofNanos(NEVER);
  private static final Duration LEAST = LONGEST.negated();

  private Nanos() {}

  /** {@return the duration in nanoseconds; {@link #NEVER}, or its negative, for what has more} */
  static long of(Duration duration) {
    if (duration.compareTo(LONGEST) >= 0) {
      return NEVER;
    }
    return duration.compareTo(LEAST) <= 0 ? -NEVER : duration.toNanos();
  }

  /**
   * {@return the duration in nanoseconds, from 0 to {@link #FARTHEST}, to add to a clock's time}
   */
  static long ahead(Duration duration) {
    return Math.clamp(of(duration), 0, FARTHEST);
  }

  /** {@return the sum of two non-negative numbers, or {@link #NEVER} if it has no place} */
  static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? NEVER : sum;
  }
}
