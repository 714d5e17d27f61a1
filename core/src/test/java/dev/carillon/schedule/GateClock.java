package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A clock that stands until moved, for tests of gates; safe for use by any thread. */
final class GateClock implements Clock {
  private final List<GateAlarm> alarms = new ArrayList<>(); // guarded by this
  private long nanos; // guarded by this

  GateClock() {
    this(0);
  }

  GateClock(long origin) {
    this.nanos = origin;
  }

  /** Moves time, then rings the alarms that are due. */
  void advance(Duration by) {
    List<GateAlarm> due;
    synchronized (this) {
      nanos += by.toNanos();
      due = alarms.stream().filter(alarm -> alarm.deadline - nanos <= 0).toList();
      alarms.removeAll(due);
    }
    due.forEach(alarm -> alarm.ring.run());
  }

  /** {@return how many alarms are set} */
  synchronized int alarms() {
    return alarms.size();
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
  public Alarm alarm(String name, Runnable ring) {
    return new GateAlarm(ring);
  }

  private final class GateAlarm implements Alarm {
    private final Runnable ring;
    private long deadline;

    GateAlarm(Runnable ring) {
      this.ring = ring;
    }

    @Override
    public void set(long newDeadline) {
      synchronized (GateClock.this) {
        alarms.remove(this);
        if (newDeadline != NEVER) {
          deadline = newDeadline;
          alarms.add(this);
        }
      }
    }

    @Override
    public void close() {
      set(NEVER);
    }
  }
}
