package dev.carillon.schedule;

import dev.carillon.schedule.CircuitBreaker.State;
import dev.carillon.schedule.CircuitBreaker.Stats;
import dev.carillon.schedule.Gate.Admission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A half-open breaker: admits trials, whose outcomes decide. */
final class CircuitBreakerTrials extends CircuitBreakerPhase {
  /*
   * At most `trials` are under way or have reported, and each that is under way is in `running`. A
   * report takes its trial off; a cancelled one leaves its place to another. The phase is decided
   * once, by whoever sets `decided`: the report that makes too many failures, the last report, or
   * the first call or report that finds a trial overdue. Only that thread moves the breaker on, so
   * what comes later finds `decided` set and changes nothing. The breaker may have been moved on by
   * hand meanwhile; then its move fails.
   */
  private final CircuitBreakerConfig config;
  private final int openings;
  private final long timeout;

  // guarded by this
  private final List<Trial> running = new ArrayList<>();
  private int reported;
  private int failures;
  private int slow;
  private boolean decided;

  CircuitBreakerTrials(CircuitBreakerSwitch breaker, long epoch, int openings) {
    super(breaker, epoch, State.HALF_OPEN);
    this.config = breaker.config();
    this.openings = openings;
    this.timeout = Nanos.of(config.trialTimeout());
  }

  @Override
  Admission ask() {
    long now = breaker.now();
    boolean overdue;
    synchronized (this) {
      overdue = !decided && hasOverdue(now);
      decided |= overdue;
      if (!decided && reported + running.size() < config.trials()) {
        var trial = new Trial(this, now);
        running.add(trial);
        return trial;
      }
    }
    if (overdue) {
      reopen(now, overdueRule());
      return breaker.ask();
    }
    return breaker.refuse(
        "circuit breaker \"%s\" is half open and admits %d trials at once"
            .formatted(config.name(), config.trials()),
        Duration.ZERO);
  }

  private boolean hasOverdue(long now) {
    for (Trial trial : running) {
      if (now - trial.start >= timeout) {
        return true;
      }
    }
    return false;
  }

  private String overdueRule() {
    return "a trial did not report within " + config.trialTimeout();
  }

  /** Takes a trial's report; failed is null for a cancelled one. */
  private void report(Trial trial, @Nullable Boolean failed) {
    long now = breaker.now();
    boolean overdue = now - trial.start >= timeout;
    boolean wasSlow = breaker.isSlow(now - trial.start);
    String broken = null;
    boolean closes = false;
    synchronized (this) {
      if (!running.remove(trial)) {
        throw new IllegalStateException(
            "a pass must be reported once: circuit breaker=\"" + config.name() + "\"");
      }
      if (decided || breaker.isPast(this)) {
        breaker.countLate();
        return;
      }
      if (overdue) {
        broken = overdueRule();
      } else if (failed != null) {
        reported++;
        failures += failed ? 1 : 0;
        slow += wasSlow ? 1 : 0;
        broken = brokenRule();
        closes = broken == null && reported == config.trials();
      }
      decided = broken != null || closes;
    }
    if (broken != null) {
      reopen(now, broken);
    } else if (closes) {
      breaker.move(
          this,
          new CircuitBreakerClosed(breaker, epoch + 1),
          "%d trials ended, %d of them failed".formatted(config.trials(), failures));
    }
  }

  private @Nullable String brokenRule() {
    boolean rated = config.failureRate() > 0;
    if (rated ? breaker.isTooMany(failures, config.trials(), config.failureRate()) : failures > 0) {
      return "%d of %d trials failed".formatted(failures, config.trials());
    }
    if (breaker.isTooMany(slow, config.trials(), config.slowRate())) {
      return "%d of %d trials took %s or longer"
          .formatted(slow, config.trials(), config.slowAfter());
    }
    return null;
  }

  private void reopen(long now, String why) {
    breaker.move(this, CircuitBreakerOpen.after(this, now, why), why);
  }

  @Override
  int openings() {
    return openings;
  }

  @Override
  synchronized Stats stats() {
    return breaker.stats(this, reported, failures, slow, 0, running.size());
  }

  /** The pass of one trial. */
  private static final class Trial implements Admission.Pass {
    private final CircuitBreakerTrials phase;
    private final long start;

    Trial(CircuitBreakerTrials phase, long start) {
      this.phase = phase;
      this.start = start;
    }

    @Override
    public void success() {
      phase.report(this, false);
    }

    @Override
    public void failure(Throwable cause) {
      phase.report(this, phase.breaker.isFailure(cause));
    }

    @Override
    public void cancelled() {
      phase.report(this, null);
    }
  }
}
