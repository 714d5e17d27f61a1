package dev.carillon.time;

import org.jspecify.annotations.Nullable;

/** A timer: a node of the wheel's doubly linked bucket lists. */
final class WheelTimer implements Timer {

  final WheelTimers owner;
  final long deadline;
  final Runnable task;

  // guarded by the owner's lock; both null when the timer is in no bucket
  @Nullable WheelTimer previous;
  @Nullable WheelTimer next;

  WheelTimer(WheelTimers owner, long deadline, Runnable task) {
    this.owner = owner;
    this.deadline = deadline;
    this.task = task;
  }

  /** {@return the first tick at or after the deadline} Computed, as a field would cost 8 bytes. */
  long tick() {
    return Math.ceilDiv(deadline - owner.origin, Timers.TICK_NANOS);
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
