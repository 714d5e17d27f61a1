package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Durations as nanoseconds, and waiting. */
final class GateTimes {
  static final long NEVER = Long.MAX_VALUE;

  private static final Duration LONGEST = Duration.ofNanos(NEVER);

  private GateTimes() {}

  /** {@return the duration in nanoseconds, or {@link #NEVER} if it has more than fit} */
  static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) >= 0 ? NEVER : duration.toNanos();
  }

  /** {@return the sum of two non-negative numbers, or {@link #NEVER} if it has no place} */
  static long sum(long one, long other) {
    long sum = one + other;
    return sum < 0 ? NEVER : sum;
  }

  /**
   * Blocks until so much time has passed on a clock.
   *
   * @throws InterruptedException if the thread is interrupted, also if it was before
   */
  static void await(Clock clock, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before a wait of " + nanos + " ns");
    }
    if (nanos <= 0) {
      return;
    }
    long start = clock.nanos();
    if (clock.isReal()) {
      park(clock, start, nanos);
      return;
    }
    Thread waiting = Thread.currentThread();
    try (var alarm = clock.alarm("carillon-wait", () -> LockSupport.unpark(waiting))) {
      alarm.set(start + nanos);
      park(clock, start, nanos);
    }
  }

  /* The alarm is set before the clock is read, so whoever moves the clock past the deadline after
   * that reading unparks; and an unpark before park makes park return at once. */
  private static void park(Clock clock, long start, long nanos) throws InterruptedException {
    boolean real = clock.isReal();
    for (long left = nanos; left > 0; left = nanos - (clock.nanos() - start)) {
      if (real) {
        LockSupport.parkNanos(clock, left);
      } else if (nanos - (clock.nanos() - start) > 0) {
        LockSupport.park(clock);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for " + nanos + " ns");
      }
    }
  }
}
