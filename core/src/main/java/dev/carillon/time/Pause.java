package dev.carillon.time;

import java.util.concurrent.locks.LockSupport;

/** A wait of one thread on a clock. */
final class Pause {
  private Pause() {}

  /** As {@link Clock#await(long)} says. */
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
