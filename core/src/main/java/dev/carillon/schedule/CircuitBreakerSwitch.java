package dev.carillon.schedule;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;

/** A circuit breaker: the phase that it is in, and how it changes. */
final class CircuitBreakerSwitch implements CircuitBreaker {
  /*
   * Each epoch is an object, a CircuitBreakerPhase, and the pass of an attempt belongs to it. So a
   * late report counts in a phase that is over, where nobody looks, and no report needs a check of
   * its epoch. The phase changes under the monitor of `changes`, from an expected phase to the next,
   * which queues the change for listeners in the same step; it is read without. No other lock is
   * taken under that one, and that one is taken under no other.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.schedule");

  private final CircuitBreakerConfig config;
  private final Clock clock;
  private final long origin;
  private final long slowAfter;
  private final CircuitBreakerChanges changes;
  private final LongAdder refused = new LongAdder();
  private final LongAdder late = new LongAdder();

  private volatile CircuitBreakerPhase phase; // written with the monitor of changes

  CircuitBreakerSwitch(CircuitBreakerConfig config) {
    this.config = config;
    this.clock = config.clock();
    this.origin = clock.nanos();
    Duration slow = config.slowAfter();
    this.slowAfter = slow == null ? Nanos.NEVER : Nanos.of(slow);
    this.changes = new CircuitBreakerChanges(config.listeners());
    this.phase = new CircuitBreakerClosed(this, 0);
  }

  @Override
  public Admission ask() {
    return phase.ask();
  }

  @Override
  public <T> T call(Callable<? extends T> work) throws Exception {
    return phase instanceof CircuitBreakerClosed closed && !countsSlow()
        ? GateCall.with(closed, work)
        : GateCall.through(ask(), work);
  }

  @Override
  public void open() {
    change(State.HELD_OPEN, "opened by hand", (from, why) -> CircuitBreakerOpen.held(from, why));
  }

  @Override
  public void close() {
    change(
        State.CLOSED,
        "closed by hand",
        (from, why) -> new CircuitBreakerClosed(this, from.epoch + 1));
  }

  @Override
  public void disable() {
    change(
        State.DISABLED,
        "disabled by hand",
        (from, why) -> new CircuitBreakerPhase.Disabled(this, from.epoch + 1));
  }

  private void change(
      State to, String why, BiFunction<CircuitBreakerPhase, String, CircuitBreakerPhase> make) {
    while (true) {
      CircuitBreakerPhase from = phase;
      boolean nothingToDo = from.state == to && to != State.CLOSED;
      if (nothingToDo || move(from, make.apply(from, why), why)) {
        return;
      }
    }
  }

  /** {@return whether the breaker was in that phase and now is in the next} */
  boolean move(CircuitBreakerPhase from, CircuitBreakerPhase to, String why) {
    Instant when = clock.now();
    var change = new StateChange(config.name(), from.state, to.state, to.epoch, why, when);
    synchronized (changes) {
      if (isPast(from)) {
        return false;
      }
      phase = to;
      changes.add(change);
    }
    changes.deliver();
    return true;
  }

  /** {@return whether the breaker is no longer in that phase} */
  boolean isPast(CircuitBreakerPhase of) {
    return !phase.equals(of);
  }

  /** {@return a refusal, which is counted} */
  Admission.Refused refuse(String reason, Duration retryAfter) {
    refused.increment();
    return new Admission.Refused(reason, retryAfter);
  }

  void countLate() {
    late.increment();
  }

  long now() {
    return clock.nanos();
  }

  long origin() {
    return origin;
  }

  boolean countsSlow() {
    return slowAfter != Nanos.NEVER;
  }

  boolean isSlow(long nanos) {
    return nanos >= slowAfter;
  }

  /** {@return whether that part of the calls is the rate or more; not if there is no rate} */
  boolean isTooMany(long some, long of, double rate) {
    return rate > 0 && (double) some / of >= rate;
  }

  /** {@return whether that failure counts} */
  boolean isFailure(Throwable cause) {
    try {
      return config.recordFailure().test(cause);
    } catch (Exception e) {
      LOG.log(System.Logger.Level.ERROR, "recordFailure of a circuit breaker failed", e);
      return true;
    }
  }

  @Override
  public CircuitBreakerConfig config() {
    return config;
  }

  @Override
  public State state() {
    return phase.state;
  }

  @Override
  public Stats stats() {
    return phase.stats();
  }

  /** {@return the statistics of a phase, with those of the breaker} */
  Stats stats(
      CircuitBreakerPhase of, long calls, long failures, long slow, int inARow, int trials) {
    return new Stats(
        of.state,
        of.epoch,
        calls,
        failures,
        slow,
        inARow,
        trials,
        refused.sum(),
        late.sum(),
        changes.failures.sum());
  }

  @Override
  public Duration retryAfter() {
    return Duration.ofNanos(phase.refusesFor());
  }

  @Override
  public String toString() {
    return "CircuitBreaker[%s, %s]".formatted(config.name(), phase.state);
  }
}
