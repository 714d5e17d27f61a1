package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When a failed attempt is followed by another: immutable, changed by {@code with} methods, checked
 * when made.
 *
 * <p>After attempt <i>i</i> failed there is another if and only if <i>i</i> is less than {@code
 * maxAttempts}, the failure is retryable, and the delay and what an attempt is expected to take end
 * within the budget. An {@link InterruptedException} is never followed by another attempt. After a
 * {@link GateClosedException} the delay is at least as long as the gate will refuse.
 *
 * <p>It has no state, so any number of threads can share it.
 *
 * @param maxAttempts the most attempts, the first included; 1 for no retry
 * @param backoff how long to wait after each failure
 * @param retryable tells what is worth another attempt; if it throws, that is thrown instead of the
 *     failure
 * @param budget the most time from the beginning of the first attempt to the end of the last; null
 *     for any
 * @param clock what counts as time
 */
public record Retry(
    int maxAttempts,
    Backoff backoff,
    Predicate<? super Throwable> retryable,
    @Nullable Duration budget,
    Clock clock) {

  /**
   * Three attempts at any exception but no error, 100 ms and up to 10 s apart, with full jitter and
   * no budget.
   */
  public static final Retry DEFAULT =
      new Retry(
          3,
          Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10))
              .withJitter(Backoff.Jitter.FULL),
          e -> e instanceof Exception,
          null,
          Clock.system());

  /** The answer of {@link #nextDelayNanos} that there is no other attempt. */
  static final long GIVE_UP = -1;

  private static final int MOST_SUPPRESSED = 8;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if {@code maxAttempts} or {@code budget} is not positive
   */
  public Retry {
    Objects.requireNonNull(backoff, "backoff");
    Objects.requireNonNull(retryable, "retryable");
    Objects.requireNonNull(clock, "clock");
    Checks.range("maxAttempts", maxAttempts, 1, Integer.MAX_VALUE);
    if (budget != null) {
      Checks.positive("budget", budget);
    }
  }

  /**
   * {@return a policy}
   *
   * @param configure changes the default settings
   */
  public static Retry of(UnaryOperator<Retry> configure) {
    return configure.apply(DEFAULT);
  }

  /**
   * {@return this policy with another bound on attempts}
   *
   * @param most the first included; 1 for no retry
   */
  public Retry withMaxAttempts(int most) {
    return new Retry(most, backoff, retryable, budget, clock);
  }

  /**
   * {@return this policy with other delays}
   *
   * @param newBackoff how long to wait after each failure
   */
  public Retry withBackoff(Backoff newBackoff) {
    return new Retry(maxAttempts, newBackoff, retryable, budget, clock);
  }

  /**
   * {@return this policy with another choice of failures}
   *
   * @param which tells what is worth another attempt
   */
  public Retry withRetryable(Predicate<? super Throwable> which) {
    return new Retry(maxAttempts, backoff, which, budget, clock);
  }

  /**
   * {@return this policy with a bound on the whole}
   *
   * @param total from the beginning of the first attempt; it ends no attempt, but begins none that
   *     is expected to last longer
   */
  public Retry withBudget(Duration total) {
    return new Retry(maxAttempts, backoff, retryable, total, clock);
  }

  /**
   * {@return this policy with another clock}
   *
   * @param newClock what counts as time
   */
  public Retry withClock(Clock newClock) {
    return new Retry(maxAttempts, backoff, retryable, budget, newClock);
  }

  /**
   * {@return how long to wait before another attempt, or nothing if there is none}
   *
   * @param attempt which one failed, 1 for the first
   * @param failure how
   * @param sinceStart how long ago the first attempt began
   * @param expectedCost how long another attempt is expected to take; zero if that is not known
   */
  public Optional<Duration> nextDelay(
      int attempt, Throwable failure, Duration sinceStart, Duration expectedCost) {
    long deadline = budget == null ? Nanos.NEVER : Nanos.of(budget);
    long delay =
        nextDelayNanos(attempt, failure, Nanos.of(sinceStart), deadline, Nanos.of(expectedCost));
    return delay == GIVE_UP ? Optional.empty() : Optional.of(Duration.ofNanos(delay));
  }

  /**
   * {@return how many nanoseconds to wait before another attempt, or {@link #GIVE_UP}}
   *
   * <p>Allocates nothing. The policy's own budget is not looked at: it is the caller's to turn into
   * a deadline.
   *
   * @param attempt which one failed, 1 for the first
   * @param failure how
   * @param nowNanos the time, in the terms of the deadline
   * @param deadlineNanos when all must have ended; {@link Nanos#NEVER} for any time
   * @param expectedCostNanos how long another attempt is expected to take; 0 if that is not known
   */
  long nextDelayNanos(
      int attempt, Throwable failure, long nowNanos, long deadlineNanos, long expectedCostNanos) {
    if (attempt >= maxAttempts
        || failure instanceof InterruptedException
        || !retryable.test(failure)) {
      return GIVE_UP;
    }
    long delay = backoff.delayNanos(attempt);
    if (failure instanceof GateClosedException closed) {
      delay = Math.max(delay, Nanos.of(closed.retryAfter()));
    }
    boolean inTime =
        deadlineNanos == Nanos.NEVER
            || Nanos.sum(delay, expectedCostNanos) <= deadlineNanos - nowNanos;
    return inTime ? delay : GIVE_UP;
  }

  /**
   * Calls {@code work} until it returns or this policy gives up. Between attempts it blocks the
   * calling thread, which is best a virtual one.
   *
   * @param <T> what the work returns
   * @param work called on this thread, once for each attempt
   * @return what {@code work} returned
   * @throws InterruptedException if the thread is interrupted between attempts; the last failure is
   *     suppressed in it
   * @throws Exception what the last attempt threw; what the first one threw is suppressed in it
   */
  public <T> T call(Callable<? extends T> work) throws Exception {
    long start = budget == null ? 0 : clock.nanos();
    Throwable first = null;
    for (int attempt = 1; ; attempt++) {
      try {
        return work.call();
      } catch (Throwable e) {
        first = first == null ? e : first;
        long delay = nextDelayNanos(attempt, e, start);
        if (delay == GIVE_UP) {
          remember(first, e);
          throw e;
        }
        await(delay, e);
      }
    }
  }

  private long nextDelayNanos(int attempt, Throwable failure, long start) {
    return budget == null
        ? nextDelayNanos(attempt, failure, 0, Nanos.NEVER, 0)
        : nextDelayNanos(attempt, failure, clock.nanos() - start, Nanos.of(budget), 0);
  }

  private void await(long delay, Throwable failure) throws InterruptedException {
    try {
      clock.await(delay);
    } catch (InterruptedException e) {
      e.addSuppressed(failure);
      throw e;
    }
  }

  /** Adds the first failure to the last. One that is thrown again and again gets a few only. */
  private static void remember(Throwable first, Throwable last) {
    if (!last.equals(first) && last.getSuppressed().length < MOST_SUPPRESSED) {
      last.addSuppressed(first);
    }
  }
}
