package dev.carillon.flow;

/** How an iteration or a run ended, by rising severity. */
public enum RunStatus {
  /** Nothing failed that mattered. */
  OK,
  /** A part failed, and its default was used instead. */
  DEGRADED,
  /** A part failed, and that counts. */
  ERROR,
  /** It was cancelled from outside. */
  CANCELLED;

  /**
   * {@return the more severe of the two}
   *
   * @param other the other
   */
  public RunStatus max(RunStatus other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
