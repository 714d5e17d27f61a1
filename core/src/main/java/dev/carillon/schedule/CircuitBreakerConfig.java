package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link CircuitBreaker}: immutable, changed by {@code with} methods, checked
 * when made.
 *
 * <p>A breaker opens when any of its rules is met: so many failures in a row, such a part of the
 * calls in the window failed, or such a part of them was slow. While it is half open, the part of
 * the trials counts instead, and one failure is enough where no rule is about a part.
 *
 * @param name shown in refusals and changes
 * @param consecutiveFailures opens after so many in a row; 0 for no such rule
 * @param failureRate opens when this part of the calls failed, up to 1; 0 for no such rule
 * @param slowAfter a call that takes so long is slow; null if none is
 * @param slowRate opens when this part of the calls was slow, up to 1; 0 for no such rule
 * @param window the calls of which the rates are taken
 * @param minimumCalls no rate is taken of fewer
 * @param recordFailure tells which failures count, the others being successes; a failure at which
 *     it throws counts
 * @param openFor how long it stays open, after it opened so many times without closing
 * @param trials how many calls are admitted half open, and decide
 * @param trialTimeout a trial that has not reported after so long opens the breaker again
 * @param listeners told of changes, one after another and in order, on a thread that calls the
 *     breaker; no lock is held, and what one throws is logged and stops nothing
 * @param clock what counts as time
 */
public record CircuitBreakerConfig(
    String name,
    int consecutiveFailures,
    double failureRate,
    @Nullable Duration slowAfter,
    double slowRate,
    Window window,
    int minimumCalls,
    Predicate<? super Throwable> recordFailure,
    Backoff openFor,
    int trials,
    Duration trialTimeout,
    List<Consumer<? super CircuitBreaker.StateChange>> listeners,
    Clock clock) {

  /** The calls of which rates are taken. */
  public sealed interface Window {

    /**
     * The last calls.
     *
     * @param calls how many, 1 to 2^20
     */
    record Calls(int calls) implements Window {
      private static final int MOST = 1 << 20;

      /**
       * Checks the number.
       *
       * @throws IllegalArgumentException if it is outside its range
       */
      public Calls {
        Checks.range("calls", calls, 1, MOST);
      }
    }

    /**
     * The calls of the last so many parts of time, the one under way included. Costs a reading of
     * the clock for each call.
     *
     * @param part how long a part is
     * @param parts how many, 1 to 4,096
     */
    record Time(Duration part, int parts) implements Window {
      private static final int MOST = 4_096;

      /**
       * Checks the settings.
       *
       * @throws IllegalArgumentException if a number is outside its range
       */
      public Time {
        Checks.positive("part", part);
        Checks.range("parts", parts, 1, MOST);
      }
    }
  }

  /**
   * The default settings: opens for 30 s when half of the last 100 calls failed, of at least 20;
   * five trials, 30 s for each; all exceptions count.
   */
  public static final CircuitBreakerConfig DEFAULT =
      new CircuitBreakerConfig(
          "breaker",
          0,
          0.5,
          null,
          0,
          new Window.Calls(100),
          20,
          e -> true,
          Backoff.fixed(Duration.ofSeconds(30)),
          5,
          Duration.ofSeconds(30),
          List.of(),
          Clock.system());

  private static final int MOST_TRIALS = 10_000;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if the name is blank, a number is outside its range, or there
   *     is no rule
   */
  public CircuitBreakerConfig {
    Objects.requireNonNull(window, "window");
    Objects.requireNonNull(recordFailure, "recordFailure");
    Objects.requireNonNull(clock, "clock");
    listeners = List.copyOf(listeners);
    Checks.name(name);
    Checks.range("consecutiveFailures", consecutiveFailures, 0, Integer.MAX_VALUE);
    checkRate("failureRate", failureRate);
    checkRate("slowRate", slowRate);
    if (slowAfter != null) {
      Checks.positive("slowAfter", slowAfter);
    }
    if (slowRate > 0 != (slowAfter != null)) {
      throw new IllegalArgumentException(
          "slowAfter and slowRate must be set together: slowAfter=%s slowRate=%s"
              .formatted(slowAfter, slowRate));
    }
    if (consecutiveFailures == 0 && failureRate == 0 && slowRate == 0) {
      throw new IllegalArgumentException(
          "a breaker must have a rule: consecutiveFailures=0 failureRate=0.0 slowRate=0.0");
    }
    int most = window instanceof Window.Calls last ? last.calls() : Integer.MAX_VALUE;
    Checks.range("minimumCalls", minimumCalls, 1, most);
    if (openFor.cap().isZero()) {
      throw new IllegalArgumentException("openFor must be longer than zero: cap=PT0S");
    }
    Checks.range("trials", trials, 1, MOST_TRIALS);
    Checks.positive("trialTimeout", trialTimeout);
  }

  private static void checkRate(String what, double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException("%s must be 0 to 1: %s=%s".formatted(what, what, rate));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown in refusals and changes
   */
  public CircuitBreakerConfig withName(String newName) {
    return change(d -> d.name = newName);
  }

  /**
   * {@return these settings with another rule about failures in a row}
   *
   * @param most opens after so many; 0 for no such rule
   */
  public CircuitBreakerConfig withConsecutiveFailures(int most) {
    return change(d -> d.consecutiveFailures = most);
  }

  /**
   * {@return these settings with another rule about failures}
   *
   * @param part opens when this part of the calls failed, up to 1; 0 for no such rule
   */
  public CircuitBreakerConfig withFailureRate(double part) {
    return change(d -> d.failureRate = part);
  }

  /**
   * {@return these settings with a rule about slow calls}
   *
   * @param after a call that takes so long is slow
   * @param part opens when this part of the calls was slow, up to 1
   */
  public CircuitBreakerConfig withSlowCalls(Duration after, double part) {
    return change(d -> {
      d.slowAfter = after;
      d.slowRate = part;
    });
  }

  /**
   * {@return these settings with a window of the last calls}
   *
   * @param calls how many, 1 to 2^20
   * @param least no rate is taken of fewer; at most {@code calls}
   */
  public CircuitBreakerConfig withCallWindow(int calls, int least) {
    return change(d -> {
      d.window = new Window.Calls(calls);
      d.minimumCalls = least;
    });
  }

  /**
   * {@return these settings with a window of the calls of some time}
   *
   * @param part how long a part of the window is
   * @param parts how many of them, 1 to 4,096
   * @param least no rate is taken of fewer calls
   */
  public CircuitBreakerConfig withTimeWindow(Duration part, int parts, int least) {
    return change(d -> {
      d.window = new Window.Time(part, parts);
      d.minimumCalls = least;
    });
  }

  /**
   * {@return these settings with another choice of failures}
   *
   * @param which tells which count; the others count as successes
   */
  public CircuitBreakerConfig withRecordFailure(Predicate<? super Throwable> which) {
    return change(d -> d.recordFailure = which);
  }

  /**
   * {@return these settings with another time to stay open}
   *
   * @param backoff how long, after it opened so many times without closing
   */
  public CircuitBreakerConfig withOpenFor(Backoff backoff) {
    return change(d -> d.openFor = backoff);
  }

  /**
   * {@return these settings with another number of trials}
   *
   * @param calls how many are admitted half open, and decide; 1 to 10,000
   * @param timeout a trial that has not reported after so long opens the breaker again
   */
  public CircuitBreakerConfig withTrials(int calls, Duration timeout) {
    return change(d -> {
      d.trials = calls;
      d.trialTimeout = timeout;
    });
  }

  /**
   * {@return these settings with one more listener}
   *
   * @param listener told of changes
   */
  public CircuitBreakerConfig withListener(Consumer<? super CircuitBreaker.StateChange> listener) {
    List<Consumer<? super CircuitBreaker.StateChange>> more =
        Stream.<Consumer<? super CircuitBreaker.StateChange>>concat(
                listeners.stream(), Stream.of(listener))
            .toList();
    return change(d -> d.listeners = more);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock what counts as time
   */
  public CircuitBreakerConfig withClock(Clock newClock) {
    return change(d -> d.clock = newClock);
  }

  private CircuitBreakerConfig change(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return new CircuitBreakerConfig(
        draft.name,
        draft.consecutiveFailures,
        draft.failureRate,
        draft.slowAfter,
        draft.slowRate,
        draft.window,
        draft.minimumCalls,
        draft.recordFailure,
        draft.openFor,
        draft.trials,
        draft.trialTimeout,
        draft.listeners,
        draft.clock);
  }

  /** The same, while one of them is being changed. */
  private static final class Draft {
    String name;
    int consecutiveFailures;
    double failureRate;
    @Nullable Duration slowAfter;
    double slowRate;
    Window window;
    int minimumCalls;
    Predicate<? super Throwable> recordFailure;
    Backoff openFor;
    int trials;
    Duration trialTimeout;
    List<Consumer<? super CircuitBreaker.StateChange>> listeners;
    Clock clock;

    Draft(CircuitBreakerConfig from) {
      name = from.name;
      consecutiveFailures = from.consecutiveFailures;
      failureRate = from.failureRate;
      slowAfter = from.slowAfter;
      slowRate = from.slowRate;
      window = from.window;
      minimumCalls = from.minimumCalls;
      recordFailure = from.recordFailure;
      openFor = from.openFor;
      trials = from.trials;
      trialTimeout = from.trialTimeout;
      listeners = from.listeners;
      clock = from.clock;
    }
  }
}
