package dev.carillon.schedule;

import dev.carillon.schedule.CircuitBreaker.State;
import dev.carillon.schedule.CircuitBreaker.Stats;
import dev.carillon.schedule.Gate.Admission;
import org.jspecify.annotations.Nullable;

/** A breaker that admits calls and counts how they end; it is the pass of all of them. */
final class CircuitBreakerClosed extends CircuitBreakerPhase implements Admission.Pass {
  /*
   * Counting is done under the monitor, except for a success that would change nothing: none failed
   * since the last success, and the window is full of calls that were all right, if there is a
   * window. `steady` says that this is so. It is written under the monitor and read without; who
   * reads true reports a success at a moment at which it changes nothing, so leaving it out is the
   * same as counting it then. So calls of a service that is well write nothing that threads share.
   */
  private final CircuitBreakerConfig config;
  private final boolean timed;

  // guarded by this, steady also read without
  private final @Nullable CircuitBreakerWindow window; // null where no rule needs one
  private int inARow;
  private volatile boolean steady;

  CircuitBreakerClosed(CircuitBreakerSwitch breaker, long epoch) {
    super(breaker, epoch, State.CLOSED);
    config = breaker.config();
    boolean rated = config.failureRate() > 0 || config.slowRate() > 0;
    timed = rated && config.window() instanceof CircuitBreakerConfig.Window.Time;
    window = rated ? CircuitBreakerWindow.of(config.window(), breaker.origin()) : null;
    steady = window == null;
  }

  @Override
  Admission ask() {
    return breaker.countsSlow() ? new Timed(this, breaker.now()) : this;
  }

  @Override
  public void success() {
    if (!steady) {
      count(false, false);
    }
  }

  @Override
  public void failure(Throwable cause) {
    if (breaker.isFailure(cause)) {
      count(true, false);
    } else {
      success();
    }
  }

  @Override
  public void cancelled() {}

  private void count(boolean failed, boolean slow) {
    if (breaker.isPast(this)) {
      return; // it counts for nobody
    }
    long now = timed ? breaker.now() : 0;
    String broken;
    synchronized (this) {
      inARow = failed ? inARow + 1 : 0;
      if (window != null) {
        window.add(failed, slow, now);
      }
      steady = inARow == 0 && (window == null || window.isSteady());
      broken = brokenRule();
    }
    if (broken != null) {
      breaker.move(this, CircuitBreakerOpen.after(this, breaker.now(), broken), broken);
    }
  }

  private @Nullable String brokenRule() {
    if (config.consecutiveFailures() > 0 && inARow >= config.consecutiveFailures()) {
      return "%d calls in a row failed, and %d are allowed to"
          .formatted(inARow, config.consecutiveFailures() - 1);
    }
    if (window == null || window.calls < config.minimumCalls()) {
      return null;
    }
    if (breaker.isTooMany(window.failures, window.calls, config.failureRate())) {
      return "%d of %d calls failed, and the rate must stay below %s"
          .formatted(window.failures, window.calls, config.failureRate());
    }
    if (breaker.isTooMany(window.slow, window.calls, config.slowRate())) {
      return "%d of %d calls took %s or longer, and the rate must stay below %s"
          .formatted(window.slow, window.calls, config.slowAfter(), config.slowRate());
    }
    return null;
  }

  @Override
  Stats stats() {
    long now = timed ? breaker.now() : 0;
    synchronized (this) {
      if (window == null) {
        return breaker.stats(this, 0, 0, 0, inARow, 0);
      }
      window.moveTo(now);
      return breaker.stats(this, window.calls, window.failures, window.slow, inARow, 0);
    }
  }

  @Override
  public String toString() {
    return "a pass of " + breaker;
  }

  /** The pass of one attempt, where it matters how long it takes. */
  private record Timed(CircuitBreakerClosed phase, long start) implements Admission.Pass {
    private void report(boolean failed) {
      boolean slow = phase.breaker.isSlow(phase.breaker.now() - start);
      if (failed || slow || !phase.steady) {
        phase.count(failed, slow);
      }
    }

    @Override
    public void success() {
      report(false);
    }

    @Override
    public void failure(Throwable cause) {
      report(phase.breaker.isFailure(cause));
    }

    @Override
    public void cancelled() {}
  }
}
