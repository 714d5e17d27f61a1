package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A clock whose wall time can be set, unlike its monotonic time; it has no alarms. */
final class SetClock implements Clock {
  private long nanos;
  private Instant wall;

  SetClock(long nanos, String wall) {
    this.nanos = nanos;
    this.wall = Instant.parse(wall);
  }

  /** Lets time pass, on both clocks. */
  void pass(Duration by) {
    nanos += by.toNanos();
    wall = wall.plus(by);
  }

  /** Lets monotonic time reach a deadline, and as much wall time pass. */
  void passUntil(long deadline) {
    pass(Duration.ofNanos(Math.max(0, deadline - nanos)));
  }

  /** Sets the wall clock. */
  void set(String newWall) {
    wall = Instant.parse(newWall);
  }

  @Override
  public long nanos() {
    return nanos;
  }

  @Override
  public Instant now() {
    return wall;
  }

  @Override
  public Alarm alarm(String name, Runnable ring) {
    throw new UnsupportedOperationException("this clock has no alarms: name=" + name);
  }
}
