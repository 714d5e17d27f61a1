package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock for tests of this package, which moves when told; the testkit has the real thing. */
final class LockClock implements Clock {
  // guarded by this
  private long nanos = 1;
  private final List<ManualAlarm> alarms = new ArrayList<>();

  private final class ManualAlarm implements Alarm {
    private final Runnable ring;
    private long deadline = NEVER;

    ManualAlarm(Runnable ring) {
      this.ring = ring;
    }

    @Override
    public void set(long newDeadline) {
      synchronized (LockClock.this) {
        deadline = newDeadline;
      }
    }

    @Override
    public void close() {
      synchronized (LockClock.this) {
        alarms.remove(this);
      }
    }
  }

  /** Moves time and rings what is due on the way, on the calling thread. */
  void advance(Duration by) {
    long target = nanos() + by.toNanos();
    for (ManualAlarm due = nextDue(target); due != null; due = nextDue(target)) {
      due.ring.run();
    }
    synchronized (this) {
      nanos = target;
    }
  }

  private synchronized ManualAlarm nextDue(long target) {
    ManualAlarm next = null;
    for (ManualAlarm alarm : alarms) {
      if (alarm.deadline <= target && (next == null || alarm.deadline < next.deadline)) {
        next = alarm;
      }
    }
    if (next != null) {
      nanos = Math.max(nanos, next.deadline);
      next.deadline = Alarm.NEVER;
    }
    return next;
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return Instant.EPOCH.plusNanos(nanos());
  }

  @Override
  public synchronized Alarm alarm(String name, Runnable ring) {
    var alarm = new ManualAlarm(ring);
    alarms.add(alarm);
    return alarm;
  }
}
