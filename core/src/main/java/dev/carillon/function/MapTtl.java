package dev.carillon.function;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Times to live, as times at which they are over. */
final class MapTtl {
  /** The deadline of what does not expire. */
  static final long FOR_EVER = Long.MAX_VALUE;

  private static final Duration LONGEST = Duration.ofDays(36_500); // within a clock's range

  private MapTtl() {}

  /** {@return when a time is over, in the terms of the clock's nanos()} */
  static long deadline(Clock clock, Duration left) {
    long nanos = left.isNegative() ? 0 : bounded(left).toNanos();
    long deadline = clock.nanos() + nanos;
    return deadline == FOR_EVER ? deadline - 1 : deadline;
  }

  /** {@return when a time is over, in milliseconds since 1970, rounded up; not 0} */
  static long expires(Instant now, Duration left) {
    long expires = now.plus(bounded(left)).plusNanos(999_999).toEpochMilli();
    return expires == 0 ? 1 : expires;
  }

  private static Duration bounded(Duration left) {
    return left.compareTo(LONGEST) > 0 ? LONGEST : left;
  }
}
