package dev.carillon.time;

import java.time.Duration;

/**
 * Runs tasks after a delay, on a hierarchical timer wheel driven by a {@link Clock}.
 *
 * <p>Adding and cancelling take constant time. A task never runs early; on an idle machine it runs
 * at most one tick ({@link #TICK_NANOS}) late, plus the time that the machine takes to wake a
 * thread. Tasks run one after another on the clock's thread, in order of their ticks and, within a
 * tick, in the order in which they were added: they must be short and must hand real work on.
 *
 * <p>Safe for use by any thread. Actions before {@link #schedule} happen-before the task's actions.
 */
public sealed interface Timers extends AutoCloseable permits WheelTimers {

  /** The resolution: one tick of the wheel, in nanoseconds. */
  long TICK_NANOS = 1_000_000L;

  /**
   * {@return new timers on that clock}
   *
   * @param clock drives them
   * @param name names the thread that the clock may need; it starts with the first timer
   */
  static Timers on(Clock clock, String name) {
    return new WheelTimers(clock, name);
  }

  /**
   * Runs a task once, after a delay.
   *
   * @param delay how long to wait; zero or negative runs the task at the next tick; anything over
   *     about 146 years waits that long
   * @param task short, and must not block; what it throws is logged and stops nothing
   * @return the timer, to cancel it by
   * @throws IllegalStateException if these timers are closed
   */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs a task once, at a time.
   *
   * @param deadline in the terms of {@link Clock#nanos()}, at most about 146 years away; one that
   *     is past runs the task at the next tick
   * @param task short, and must not block; what it throws is logged and stops nothing
   * @return the timer, to cancel it by
   * @throws IllegalStateException if these timers are closed
   */
  Timer scheduleAt(long deadline, Runnable task);

  /** {@return the clock that drives these timers} */
  Clock clock();

  /** {@return the number of timers that wait} */
  int pending();

  /** Drops all timers without running them and ends the thread. Idempotent. */
  @Override
  void close();
}
