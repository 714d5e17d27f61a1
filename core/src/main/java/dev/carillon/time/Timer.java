package dev.carillon.time;

/** One pending call of {@link Timers}. Safe for use by any thread. */
public sealed interface Timer permits WheelTimer {

  /**
   * Takes the timer off the wheel in constant time.
   *
   * @return true if this call prevented the task from running; false if it ran, is about to run or
   *     was cancelled before
   */
  boolean cancel();

  /** {@return when the task is due, in the terms of {@link Clock#nanos()}} */
  long deadline();
}
