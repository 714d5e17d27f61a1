package dev.carillon.schedule;

/** Who gives way when threads that lock without an order wait for each other in a circle. */
public enum DeadlockPolicy {
  /**
   * The thread whose request would close the circle. Where that is a task being given its declared
   * locks, which cannot give way, the least urgent thread does.
   */
  REQUESTER,
  /**
   * Of the threads in the circle, the one that is least urgent: the one with the latest deadline.
   */
  LEAST_URGENT
}
