package dev.carillon.time;

import org.jspecify.annotations.Nullable;

/** A timer: a node of the wheel's doubly linked bucket lists. */
final class WheelTimer implements Timer {

  final WheelTimers owner;
  final long deadline;
  final long tick; // first tick at or after the deadline
  final Runnable task;

  // guarded by the owner's lock; both null when the timer is in no bucket
  @Nullable WheelTimer previous;
  @Nullable WheelTimer next;

  WheelTimer(WheelTimers owner, long deadline, long tick, Runnable task) {
    this.owner = owner;
    this.deadline = deadline;
    this.tick = tick;
    this.task = task;
  }

  @Override
  public boolean cancel() {
    return owner.cancel(this);
  }

  @Override
  public long deadline() {
    return deadline;
  }
}
