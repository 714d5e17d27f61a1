package dev.carillon.schedule;

/** Something that waits in a {@link DeadlineQueue}. It is in at most one at a time. */
abstract class Queued {
  // guarded by the owner of the queue it is in
  long due; // when it is due, in the terms of Clock.nanos() less the scheduler's origin
  int place = -1; // its index in the heap, or -1

  /** {@return its number among all, which orders those that are due together} */
  abstract long number();

  /** {@return whether it goes before another} */
  final boolean isBefore(Queued other) {
    return due < other.due || (due == other.due && number() < other.number());
  }
}
