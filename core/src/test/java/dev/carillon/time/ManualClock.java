package dev.carillon.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A clock that stands until moved, for the tests of the core, which cannot use the testkit's; safe
 * for use by any thread. Its wall time can be set.
 */
public final class ManualClock implements Clock {
  // guarded by this
  private final List<ManualAlarm> alarms = new ArrayList<>(); // those not closed
  private long nanos;
  private Instant wall;
  private boolean hadAlarms;

  private final class ManualAlarm implements Alarm {
    private final Runnable ring;
    private long deadline = NEVER; // guarded by the clock

    ManualAlarm(Runnable ring) {
      this.ring = ring;
    }

    @Override
    public void set(long newDeadline) {
      synchronized (ManualClock.this) {
        deadline = newDeadline;
      }
    }

    @Override
    public void close() {
      synchronized (ManualClock.this) {
        deadline = NEVER;
        alarms.remove(this);
      }
    }
  }

  /** Makes a clock that begins at zero. */
  public ManualClock() {
    this(0);
  }

  /** Makes a clock that begins at a time, in nanoseconds. */
  public ManualClock(long origin) {
    this(origin, Instant.EPOCH);
  }

  /** Makes a clock that begins at a time, in nanoseconds, and at one of the wall. */
  public ManualClock(long origin, Instant wall) {
    this.nanos = origin;
    this.wall = wall;
  }

  /** Lets time pass, on both clocks, ringing the alarms that are due when their time comes. */
  public void advance(Duration by) {
    long target = nanos() + by.toNanos();
    for (ManualAlarm due = nextDue(target); due != null; due = nextDue(target)) {
      due.ring.run();
    }
    synchronized (this) {
      moveTo(target);
    }
  }

  /** Lets time pass at once, and rings after, as for a process that was stopped meanwhile. */
  public void jump(Duration by) {
    synchronized (this) {
      moveTo(nanos + by.toNanos());
    }
    advance(Duration.ZERO);
  }

  /** Lets time pass until a deadline, in nanoseconds; not at all if that has passed. */
  public void advanceTo(long deadline) {
    advance(Duration.ofNanos(Math.max(0, deadline - nanos())));
  }

  private synchronized ManualAlarm nextDue(long target) {
    ManualAlarm next = null;
    for (ManualAlarm alarm : alarms) {
      if (alarm.deadline != Alarm.NEVER
          && alarm.deadline - target <= 0
          && (next == null || alarm.deadline - next.deadline < 0)) {
        next = alarm;
      }
    }
    if (next != null) {
      moveTo(next.deadline);
      next.deadline = Alarm.NEVER;
    }
    return next;
  }

  private void moveTo(long time) {
    if (time - nanos > 0) {
      wall = wall.plusNanos(time - nanos);
      nanos = time;
    }
  }

  /** Sets the time of the wall. */
  public synchronized void setWall(Instant newWall) {
    wall = newWall;
  }

  /** {@return how many alarms are set} */
  public synchronized int alarms() {
    return (int) alarms.stream().filter(alarm -> alarm.deadline != Alarm.NEVER).count();
  }

  /** {@return whether an alarm is set for just that long from now} */
  public synchronized boolean isAlarmSetIn(Duration time) {
    long deadline = nanos + time.toNanos();
    return alarms.stream().anyMatch(alarm -> alarm.deadline == deadline);
  }

  /** {@return whether there was an alarm, and all are closed} */
  public synchronized boolean isClosed() {
    return hadAlarms && alarms.isEmpty();
  }

  @Override
  public synchronized long nanos() {
    return nanos;
  }

  @Override
  public synchronized Instant now() {
    return wall;
  }

  @Override
  public synchronized Alarm alarm(String name, Runnable ring) {
    var alarm = new ManualAlarm(ring);
    alarms.add(alarm);
    hadAlarms = true;
    return alarm;
  }
}
