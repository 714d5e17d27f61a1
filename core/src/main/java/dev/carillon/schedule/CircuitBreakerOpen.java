package dev.carillon.schedule;

import dev.carillon.schedule.CircuitBreaker.State;
import dev.carillon.schedule.Gate.Admission;
import java.time.Duration;

/** A breaker that refuses calls, for some time or until told otherwise. */
final class CircuitBreakerOpen extends CircuitBreakerPhase {
  private final int openings;
  private final long since;
  private final long length;
  private final String reason;

  private CircuitBreakerOpen(
      CircuitBreakerSwitch breaker,
      long epoch,
      State state,
      int openings,
      long since,
      long length,
      String why) {
    super(breaker, epoch, state);
    this.openings = openings;
    this.since = since;
    this.length = length;
    this.reason =
        "circuit breaker \"%s\" is %s: %s"
            .formatted(breaker.config().name(), state == State.OPEN ? "open" : "held open", why);
  }

  /** {@return a phase of the length that the settings say} */
  static CircuitBreakerOpen after(CircuitBreakerPhase before, long now, String why) {
    int openings = before.openings() + (before.openings() == Integer.MAX_VALUE ? 0 : 1);
    long length = Math.max(1, before.breaker.config().openFor().delayNanos(openings));
    return new CircuitBreakerOpen(
        before.breaker, before.epoch + 1, State.OPEN, openings, now, length, why);
  }

  /** {@return a phase that does not end by itself} */
  static CircuitBreakerOpen held(CircuitBreakerPhase before, String why) {
    return new CircuitBreakerOpen(
        before.breaker, before.epoch + 1, State.HELD_OPEN, 0, 0, Nanos.NEVER, why);
  }

  @Override
  Admission ask() {
    if (state == State.HELD_OPEN) {
      return breaker.refuse(reason, Duration.ZERO);
    }
    long left = refusesFor();
    if (left > 0) {
      return breaker.refuse(reason, Duration.ofNanos(left));
    }
    breaker.move(
        this,
        new CircuitBreakerTrials(breaker, epoch + 1, openings),
        "it was open for " + Duration.ofNanos(length));
    return breaker.ask();
  }

  @Override
  int openings() {
    return openings;
  }

  @Override
  long refusesFor() {
    return state == State.HELD_OPEN
        ? 0
        : Math.max(0, length - (breaker.config().clock().nanos() - since));
  }
}
