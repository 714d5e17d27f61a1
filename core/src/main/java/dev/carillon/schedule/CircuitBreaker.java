package dev.carillon.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/**
 * A gate that closes to calls of what keeps failing, and lets a few through from time to time to
 * see whether it still does.
 *
 * <p>It is {@linkplain State#CLOSED closed}, as an electric circuit is, while calls go through.
 * When as many fail as {@link CircuitBreakerConfig} says, it opens, and refuses all calls for a
 * while. The first call after that makes it half open: a number of trial calls is admitted, and
 * their outcomes close it or open it again. A trial that does not report in time opens it again
 * too.
 *
 * <p>Each change of state begins an epoch. The report of an attempt counts in the epoch in which it
 * was admitted and in no other; a report that is too late changes nothing.
 *
 * <p>The pass of a trial must be reported once; a second report throws {@link
 * IllegalStateException} and changes nothing. A cancelled trial makes room for another. While the
 * breaker is closed all attempts share one pass, so a second report of one counts as another call.
 *
 * <p>There is no thread: what time changes is noticed by the next call. Safe for use by any thread.
 * Memory consistency effects: actions before the report that made the breaker change its state
 * happen-before actions of listeners, and before those after an {@link #ask} that finds it changed.
 */
public sealed interface CircuitBreaker extends Gate permits CircuitBreakerSwitch {

  /**
   * {@return a new breaker, closed}
   *
   * @param name shown in refusals and changes
   * @param configure changes the default settings
   */
  static CircuitBreaker of(String name, UnaryOperator<CircuitBreakerConfig> configure) {
    return new CircuitBreakerSwitch(configure.apply(CircuitBreakerConfig.DEFAULT.withName(name)));
  }

  /** What a breaker does with calls. */
  enum State {
    /** Admits all, and counts how they end. */
    CLOSED,
    /** Refuses all until its time is over. */
    OPEN,
    /** Admits trials. */
    HALF_OPEN,
    /** Refuses all until somebody changes that. */
    HELD_OPEN,
    /** Admits all, and counts nothing. */
    DISABLED
  }

  /**
   * A change of state.
   *
   * @param name the breaker's name
   * @param from the state before
   * @param to the state after
   * @param epoch the number of the epoch that begins; the first one is 0
   * @param reason the rule and the values that led to it
   * @param when the wall-clock time
   */
  record StateChange(String name, State from, State to, long epoch, String reason, Instant when) {}

  /**
   * What a breaker has counted.
   *
   * @param state the state
   * @param epoch how often the state changed so far
   * @param calls reported calls in the window, or reported trials
   * @param failures how many of them failed
   * @param slowCalls how many of them were slow
   * @param consecutiveFailures how many calls have failed since the last that did not
   * @param trials trials under way
   * @param refused calls refused since the breaker was made
   * @param lateReports reports of trials that were too late to count, since it was made
   * @param listenerFailures exceptions of listeners, since it was made
   */
  record Stats(
      State state,
      long epoch,
      long calls,
      long failures,
      long slowCalls,
      int consecutiveFailures,
      int trials,
      long refused,
      long lateReports,
      long listenerFailures) {}

  /** {@return the settings} */
  CircuitBreakerConfig config();

  /**
   * {@return the state as the last call left it; open may mean that the next makes it half open}
   */
  State state();

  /** {@return what was counted} */
  Stats stats();

  /**
   * {@inheritDoc}
   *
   * <p>Allocates nothing while closed, unless slow calls are counted.
   */
  @Override
  Admission ask();

  /**
   * {@inheritDoc}
   *
   * <p>Allocates nothing while closed.
   */
  @Override
  <T> T call(Callable<? extends T> work) throws Exception;

  /** Refuses all calls from now on, until {@link #close} or {@link #disable}. */
  void open();

  /**
   * Admits calls from now on, with everything forgotten that was counted before. This is a change,
   * and begins an epoch, also if it was closed.
   */
  void close();

  /** Admits all calls from now on and counts nothing, until {@link #open} or {@link #close}. */
  void disable();

  /** {@return how long it will refuse from now on at the least; zero if that is not known} */
  Duration retryAfter();
}
