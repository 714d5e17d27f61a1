package dev.carillon.schedule;

/** What becomes of a task whose deadline has passed before it could start. */
public enum Late {
  /** It runs all the same, and is counted as late. */
  RUN,
  /** It does not run: its event is poisoned, and it is counted as dropped. */
  DROP,
  /**
   * It goes to the lowest band, without a deadline, so that it delays nobody who can be on time.
   */
  DOWNGRADE
}
