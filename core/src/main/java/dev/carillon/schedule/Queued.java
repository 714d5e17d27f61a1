package dev.carillon.schedule;

import org.jspecify.annotations.Nullable;

/** Something that waits in a {@link DeadlineQueue}. It is in at most one at a time. */
abstract class Queued {
  // guarded by the owner of the queue it is in; written by the queue
  long due; // when it is due, in the terms of Clock.nanos() less the scheduler's origin
  @Nullable DeadlineQueue<?> queue; // the one that it is in

  /** {@return its number among all, which orders those that are due together} */
  abstract long number();

  /** {@return whether it is in a queue} */
  final boolean isQueued() {
    return queue != null;
  }

  /** {@return whether it goes before another} */
  final boolean isBefore(Queued other) {
    return due < other.due || (due == other.due && number() < other.number());
  }
}
