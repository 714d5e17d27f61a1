package dev.carillon.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** A clock with one alarm, for tests of the wheel itself; the testkit has the real thing. */
final class ManualClock implements Clock {
  private long nanos;
  private long deadline = Alarm.NEVER;
  private Runnable ring;
  private boolean closed;

  ManualClock(long origin) {
    this.nanos = origin;
  }

  /** Moves time, ringing the alarm whenever its deadline comes. */
  void advance(Duration by) {
    long target = nanos + by.toNanos();
    while (deadline != Alarm.NEVER && deadline - target <= 0) {
      nanos = deadline - nanos > 0 ? deadline : nanos;
      deadline = Alarm.NEVER;
      ring.run();
    }
    nanos = target;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return Instant.EPOCH.plus(Duration.of(nanos, TimeUnit.NANOSECONDS.toChronoUnit()));
  }

  @Override
  public Alarm alarm(String name, Runnable toRing) {
    ring = toRing;
    return new Alarm() {
      @Override
      public void set(long newDeadline) {
        deadline = newDeadline;
      }

      @Override
      public void close() {
        deadline = NEVER;
        closed = true;
      }
    };
  }
}
