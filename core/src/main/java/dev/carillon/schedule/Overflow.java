package dev.carillon.schedule;

/** What a scheduler does with a task when it holds as many as its capacity allows. */
public enum Overflow {
  /** The task does not run: its event is poisoned at once, and it is counted as rejected. */
  REJECT,
  /**
   * The submitting thread waits until there is room. A thread that is running a task of the same
   * scheduler does not wait, as room might then never come: it is rejected instead.
   */
  BLOCK
}
