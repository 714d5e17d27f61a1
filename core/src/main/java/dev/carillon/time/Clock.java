package dev.carillon.time;

import java.time.Instant;

/**
 * A source of time and of wake-ups: the only way in which Carillon learns that time has passed.
 *
 * <p>{@link #system()} is the real one. A test passes its own implementation, whose time moves when
 * told; the testkit has one. Implementations must be safe for use by any thread.
 */
public interface Clock {

  /** {@return the real clock: {@link System#nanoTime()} and {@link Instant#now()}} */
  static Clock system() {
    return SystemClock.INSTANCE;
  }

  /** {@return monotonic nanoseconds from an arbitrary origin; only differences have a meaning} */
  long nanos();

  /** {@return the wall-clock time} */
  Instant now();

  /**
   * {@return monotonic nanoseconds like {@link #nanos()}, read cheaply and possibly up to {@link
   * #COARSE_NANOS} old}
   *
   * <p>Meant for stamping things on hot paths, where a real reading would cost more than the work.
   */
  default long coarseNanos() {
    return nanos();
  }

  /** The most by which {@link #coarseNanos()} may lag behind {@link #nanos()}, in nanoseconds. */
  long COARSE_NANOS = 1_000_000_000L;

  /**
   * {@return a new alarm, not set, which calls {@code ring} when its deadline has passed}
   *
   * @param name names the thread that the alarm may need
   * @param ring called on a thread of the clock's choosing, never before the deadline; it must not
   *     block and must not throw
   */
  Alarm alarm(String name, Runnable ring);

  /**
   * Blocks the calling thread until so much time has passed on this clock.
   *
   * @param nanos how long, in nanoseconds; nothing or less returns at once
   * @throws InterruptedException if the thread is interrupted while it waits, or was before
   */
  default void await(long nanos) throws InterruptedException {
    Pause.await(this, nanos);
  }

  /** {@return whether blocking waits may be timed by the JVM itself, as this clock is real} */
  default boolean isReal() {
    return false;
  }

  /** One settable wake-up of a clock. Safe for use by any thread. */
  interface Alarm extends AutoCloseable {

    /** The deadline of an alarm that is not set. */
    long NEVER = Long.MAX_VALUE;

    /**
     * Sets the deadline and replaces the one before.
     *
     * @param deadline in the terms of {@link Clock#nanos()}, or {@link #NEVER}
     */
    void set(long deadline);

    /** Ends the alarm and any thread it has. It does not ring after this returns. Idempotent. */
    @Override
    void close();
  }
}
