package dev.carillon.schedule;

import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * A gate that admits so many attempts in a period, evenly, and a burst after a pause.
 *
 * <p>In any stretch of time <i>t</i> it admits at most <i>burst + t · permits / period</i>. A
 * permit takes {@code period / permits} to come back, rounded up to whole nanoseconds, so it may be
 * slower than asked for by less than one percent, and is never faster. What was admitted counts,
 * however it ends; nothing is given back.
 *
 * <p>Safe for use by any thread. Memory consistency effects: actions before an {@link #ask} that
 * was admitted happen-before actions after one that was admitted later.
 */
public sealed interface RateLimiter extends Gate permits RateLimiterCell {

  /**
   * {@return a new gate, at which a whole burst is admitted at once}
   *
   * @param name shown in refusals
   * @param configure changes the default settings
   */
  static RateLimiter of(String name, UnaryOperator<RateLimiterConfig> configure) {
    return new RateLimiterCell(configure.apply(RateLimiterConfig.DEFAULT.withName(name)));
  }

  /** {@return the settings} */
  RateLimiterConfig config();

  /** {@return how many would be admitted now, one after another without a pause} */
  int available();

  /** {@return how many were refused so far} */
  long refused();

  /**
   * {@inheritDoc}
   *
   * <p>A refusal says exactly after what time the next attempt would be admitted if nobody else
   * asked.
   */
  @Override
  Admission ask();

  /**
   * Takes the next permit and blocks until its time has come, if that is soon enough. Threads are
   * admitted in the order in which they took their permits.
   *
   * <p>If the thread is interrupted the permit is given back if nobody took the next one since, and
   * is lost otherwise.
   *
   * @param maxWait the longest wait; zero or negative for none
   * @return true if admitted; false, without waiting, if the time would come later
   * @throws InterruptedException if the thread is interrupted while it waits, or has to wait and
   *     was interrupted before
   */
  boolean acquire(Duration maxWait) throws InterruptedException;
}
