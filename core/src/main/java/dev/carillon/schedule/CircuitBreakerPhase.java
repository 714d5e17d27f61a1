package dev.carillon.schedule;

import dev.carillon.schedule.CircuitBreaker.State;
import dev.carillon.schedule.CircuitBreaker.Stats;
import dev.carillon.schedule.Gate.Admission;

/** What a circuit breaker is in for one epoch. */
abstract sealed class CircuitBreakerPhase
    permits CircuitBreakerClosed,
        CircuitBreakerOpen,
        CircuitBreakerTrials,
        CircuitBreakerPhase.Disabled {

  final CircuitBreakerSwitch breaker;
  final long epoch;
  final State state;

  CircuitBreakerPhase(CircuitBreakerSwitch breaker, long epoch, State state) {
    this.breaker = breaker;
    this.epoch = epoch;
    this.state = state;
  }

  /** {@return the answer to a call} */
  abstract Admission ask();

  /** {@return how often the breaker has opened in this or the phases before, without closing} */
  int openings() {
    return 0;
  }

  /** {@return how many nanoseconds from now on every call is refused at the least} */
  long refusesFor() {
    return 0;
  }

  /** {@return what was counted in this phase} */
  Stats stats() {
    return breaker.stats(this, 0, 0, 0, 0, 0);
  }

  /** Counts nothing. */
  static final class Disabled extends CircuitBreakerPhase {
    Disabled(CircuitBreakerSwitch breaker, long epoch) {
      super(breaker, epoch, State.DISABLED);
    }

    @Override
    Admission ask() {
      return GateCall.INDIFFERENT;
    }
  }
}
