package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/** Gates admit as many as they say, and count each report once. */
public final class GateStress {
  private GateStress() {}

  private static RuntimeException failure() {
    return new IllegalStateException("down");
  }

  /** A clock that stands where it is put. */
  private static final class Standing implements Clock {
    private volatile long nanos;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Alarm alarm(String name, Runnable ring) {
      throw new UnsupportedOperationException("nobody waits here: name=" + name);
    }
  }

  private static int admitted(Gate gate) {
    return gate.ask() instanceof Admission.Pass ? 1 : 0;
  }

  /** {@return a breaker that has just become half open, or will with the next call} */
  private static CircuitBreaker half(int trials, boolean asked) {
    return half(trials, asked, new Standing());
  }

  private static CircuitBreaker half(int trials, boolean asked, Standing clock) {
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "stress",
            c ->
                c.withClock(clock)
                    .withConsecutiveFailures(1)
                    .withOpenFor(Backoff.fixed(Duration.ofNanos(10)))
                    .withTrials(trials, Duration.ofNanos(100)));
    ((Admission.Pass) breaker.ask()).failure(GateStress.failure());
    clock.nanos = 10;
    if (asked && breaker.ask() instanceof Admission.Pass trial) {
      trial.cancelled();
    }
    return breaker;
  }

  @JCStressTest
  @Description("Two threads ask a bulkhead with room for one.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One of them is admitted.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "Both took the last permit.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "The permit was free, and nobody got it.")
  @Outcome(expect = FORBIDDEN, desc = "The count is not that of the permits taken.")
  @State
  public static class BulkheadTakeTake {
    private final Bulkhead bulkhead = Bulkhead.of("stress", 1);

    @Actor
    public void one(III_Result r) {
      r.r1 = admitted(bulkhead);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = admitted(bulkhead);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = bulkhead.inUse();
    }
  }

  @JCStressTest
  @Description("Two threads report the same pass of a bulkhead, where another permit is taken.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One report is taken.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "The permit was given back twice.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "The permit is lost.")
  @Outcome(expect = FORBIDDEN, desc = "The count is not that of the permits taken.")
  @State
  public static class BulkheadReportReport {
    private final Bulkhead bulkhead = Bulkhead.of("stress", 2);
    private final Admission.Pass pass = (Admission.Pass) bulkhead.ask();

    {
      bulkhead.ask();
    }

    private int report() {
      try {
        pass.success();
        return 1;
      } catch (IllegalStateException e) {
        return 0;
      }
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = report();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = report();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = bulkhead.inUse();
    }
  }

  @JCStressTest
  @Description("A permit is given back by whoever wrote a field, and taken by whoever reads it.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Not given back yet.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Admitted, and sees what was done before.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "Admitted, but the last attempt is not visible.")
  @Outcome(expect = FORBIDDEN, desc = "The field is only read when admitted.")
  @State
  public static class BulkheadPublishes {
    private final Bulkhead bulkhead = Bulkhead.of("stress", 1);
    private final Admission.Pass pass = (Admission.Pass) bulkhead.ask();
    private int field;

    @Actor
    public void leave() {
      field = 1;
      pass.success();
    }

    @Actor
    public void enter(II_Result r) {
      r.r1 = admitted(bulkhead);
      r.r2 = r.r1 == 1 ? field : 0;
    }
  }

  @JCStressTest
  @Description("Two threads ask a limiter that has one permit.")
  @Outcome(
      id = {"1, 0, 0", "0, 1, 0"},
      expect = ACCEPTABLE,
      desc = "One of them is admitted.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "One permit was handed out twice.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "There was a permit, and nobody got it.")
  @Outcome(expect = FORBIDDEN, desc = "A permit is left that was handed out.")
  @State
  public static class LimiterTakeTake {
    private final RateLimiter limiter =
        RateLimiter.of(
            "stress", c -> c.withRate(1, Duration.ofSeconds(1)).withClock(new Standing()));

    @Actor
    public void one(III_Result r) {
      r.r1 = admitted(limiter);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = admitted(limiter);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = limiter.available();
    }
  }

  @JCStressTest
  @Description("Time brings a permit, which is taken at once; another thread asks meanwhile.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The other came after or before the permit.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The other took it.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "One permit was handed out twice.")
  @Outcome(expect = FORBIDDEN, desc = "The time had come, and nobody was admitted.")
  @State
  public static class LimiterTimePasses {
    private final Standing clock = new Standing();
    private final RateLimiter limiter =
        RateLimiter.of("stress", c -> c.withRate(1, Duration.ofSeconds(1)).withClock(clock));

    {
      limiter.ask();
    }

    @Actor
    public void time(II_Result r) {
      clock.nanos = 1_000_000_000;
      r.r1 = admitted(limiter);
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = admitted(limiter);
    }
  }

  @JCStressTest
  @Description("Two threads are the first to ask an open breaker whose time is over; one trial.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One of them has the trial.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "Two trials, of two half-open phases.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "The trial's place is lost.")
  @Outcome(expect = FORBIDDEN, desc = "The count is not that of the trials.")
  @State
  public static class HalfOpenAskAsk {
    private final CircuitBreaker breaker = half(1, false);

    @Actor
    public void one(III_Result r) {
      r.r1 = admitted(breaker);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = admitted(breaker);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = breaker.stats().trials();
    }
  }

  @JCStressTest
  @Description("The only trial is cancelled while another thread asks, and again afterwards.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "The place is given back once.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The place is there twice.")
  @Outcome(expect = FORBIDDEN, desc = "The place is lost: the breaker is stuck half open.")
  @State
  public static class HalfOpenCancelAsk {
    private final CircuitBreaker breaker = half(1, true);
    private final Admission.Pass trial = (Admission.Pass) breaker.ask();

    @Actor
    public void cancel() {
      trial.cancelled();
    }

    @Actor
    public void ask(II_Result r) {
      r.r1 = admitted(breaker);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = admitted(breaker);
    }
  }

  @JCStressTest
  @Description("The last two of two trials end, one well and one badly.")
  @Outcome(id = "OPEN, 3", expect = ACCEPTABLE, desc = "One failure of two opens it, once.")
  @Outcome(id = "CLOSED, .*", expect = FORBIDDEN, desc = "The failure was not counted.")
  @Outcome(id = "HALF_OPEN, .*", expect = FORBIDDEN, desc = "A report was lost: it is stuck.")
  @Outcome(expect = FORBIDDEN, desc = "Two reports decided.")
  @State
  public static class HalfOpenReports {
    private final CircuitBreaker breaker = half(2, true);
    private final Admission.Pass one = (Admission.Pass) breaker.ask();
    private final Admission.Pass other = (Admission.Pass) breaker.ask();

    @Actor
    public void succeed() {
      one.success();
    }

    @Actor
    public void fail() {
      other.failure(GateStress.failure());
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = breaker.state();
      r.r2 = (int) breaker.stats().epoch();
    }
  }

  @JCStressTest
  @Description("A trial's report comes as the breaker finds the trial overdue and tries again.")
  @Outcome(id = "OPEN, 3", expect = ACCEPTABLE, desc = "Overdue to both; it opens once.")
  @Outcome(id = "OPEN, .*", expect = FORBIDDEN, desc = "It opened twice for one trial.")
  @Outcome(expect = FORBIDDEN, desc = "The late report counted, or the breaker is stuck.")
  @State
  public static class HalfOpenOverdue {
    private final Standing clock = new Standing();
    private final CircuitBreaker breaker = half(1, true, clock);
    private final Admission.Pass trial = (Admission.Pass) breaker.ask();

    {
      clock.nanos = 110;
    }

    @Actor
    public void report() {
      trial.success();
    }

    @Actor
    public void ask() {
      breaker.ask();
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = breaker.state();
      r.r2 = (int) breaker.stats().epoch();
    }
  }

  @JCStressTest
  @Description("Two calls fail at once where two failures in a row are one too many.")
  @Outcome(id = "OPEN, 1", expect = ACCEPTABLE, desc = "Both counted, and it opened once.")
  @Outcome(id = "CLOSED, .*", expect = FORBIDDEN, desc = "A failure was lost.")
  @Outcome(expect = FORBIDDEN, desc = "It opened more than once.")
  @State
  public static class ClosedFailFail {
    private final CircuitBreaker breaker =
        CircuitBreaker.of("stress", c -> c.withConsecutiveFailures(2).withClock(new Standing()));
    private final Admission.Pass pass = (Admission.Pass) breaker.ask();

    @Actor
    public void one() {
      pass.failure(GateStress.failure());
    }

    @Actor
    public void other() {
      pass.failure(GateStress.failure());
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = breaker.state();
      r.r2 = (int) breaker.stats().epoch();
    }
  }

  @JCStressTest
  @Description("A call fails and, after it, one succeeds, as another fails: `steady` is not stale.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The success came last.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The other's failure came last.")
  @Outcome(id = "2, .*", expect = FORBIDDEN, desc = "The success was left out, and mattered.")
  @Outcome(expect = FORBIDDEN, desc = "The count is none that an order of the calls leads to.")
  @State
  public static class ClosedFailSucceed {
    private final CircuitBreaker breaker =
        CircuitBreaker.of(
            "stress",
            c -> c.withConsecutiveFailures(9).withFailureRate(0).withClock(new Standing()));
    private final Admission.Pass pass = (Admission.Pass) breaker.ask();

    @Actor
    public void one() {
      pass.failure(GateStress.failure());
      pass.success();
    }

    @Actor
    public void other() {
      pass.failure(GateStress.failure());
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = breaker.stats().consecutiveFailures();
      r.r2 = (int) breaker.stats().epoch();
    }
  }
}
