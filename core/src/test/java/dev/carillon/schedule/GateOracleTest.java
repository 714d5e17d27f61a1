package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.ManualClock;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.Metrics;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Our gates beside those of Resilience4j, driven by the same random programs.
 *
 * <p>Where the two mean different things on purpose:
 *
 * <ul>
 *   <li>Their time to stay open has to have passed, ours to have come; likewise what is slow. Ours
 *       are given a nanosecond more, and time moves by whole milliseconds.
 *   <li>Their trials all have to end; ours decide as soon as nothing can change the decision.
 *       Theirs get the rest of their trials then. Theirs decide after as many trials as a rate is
 *       taken of, if that is fewer; so there are no more trials than that here.
 *   <li>Theirs have no timeout of a single trial; ours never meet theirs here.
 *   <li>A call of theirs counts in the state in which it ends, ours where it began. So calls do not
 *       overlap here.
 *   <li>Their limiter fills up all at once when a period begins, ours evenly. So time moves by
 *       whole periods for it.
 * </ul>
 */
class GateOracleTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration MILLI = Duration.ofMillis(1);

  /** Two breakers of the same settings. */
  private static final class Breakers {
    final ManualClock clock = new ManualClock();
    final CircuitBreaker ours;
    final io.github.resilience4j.circuitbreaker.CircuitBreaker theirs;
    final Gen gen;

    Breakers(Gen gen, boolean timed) {
      this.gen = gen;
      int size = gen.intBetween(1, 12);
      int least = timed ? gen.intBetween(1, 12) : gen.intBetween(1, size);
      int percent = gen.oneOf(1, 10, 30, 33, 50, 70, 100);
      int slowPercent = gen.oneOf(20, 50, 100);
      int slow = gen.intBetween(1, 30);
      int trials = gen.intBetween(1, Math.min(6, least));
      int first = gen.intBetween(10, 3_000);
      int cap = first * gen.intBetween(1, 5);
      Backoff open = Backoff.exponential(millis(first).plus(NANO), millis(cap).plus(NANO));
      ours =
          CircuitBreaker.of(
              "ours",
              c ->
                  (timed
                          ? c.withTimeWindow(Duration.ofSeconds(1), size, least)
                          : c.withCallWindow(size, least))
                      .withClock(clock)
                      .withFailureRate(percent / 100.0)
                      .withSlowCalls(millis(slow).plus(NANO), slowPercent / 100.0)
                      .withTrials(trials, Duration.ofDays(10_000))
                      .withOpenFor(open));
      theirs =
          io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
              "theirs",
              io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.custom()
                  .slidingWindow(
                      size,
                      least,
                      timed ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED)
                  .failureRateThreshold(percent)
                  .slowCallDurationThreshold(millis(slow))
                  .slowCallRateThreshold(slowPercent)
                  .permittedNumberOfCallsInHalfOpenState(trials)
                  .waitIntervalFunctionInOpenState(
                      IntervalFunction.ofExponentialBackoff(millis(first), 2, millis(cap)))
                  .clock(new TheirClock(clock))
                  .build());
    }

    /** Makes the same call through both. */
    void call(boolean fails, int took) {
      boolean admitted = theirs.tryAcquirePermission();
      Admission answer = ours.ask();
      assertThat(answer instanceof Admission.Pass).isEqualTo(admitted);
      if (!(answer instanceof Admission.Pass pass)) {
        return;
      }
      clock.advance(millis(took));
      if (fails) {
        pass.failure(new IOException());
        theirs.onError(took, TimeUnit.MILLISECONDS, new IOException());
      } else {
        pass.success();
        theirs.onSuccess(took, TimeUnit.MILLISECONDS);
      }
    }

    /** Lets a call of both end without an outcome. */
    void cancel() {
      boolean admitted = theirs.tryAcquirePermission();
      if (ours.ask() instanceof Admission.Pass pass) {
        assertThat(admitted).isTrue();
        pass.cancelled();
        theirs.releasePermission();
      } else {
        assertThat(admitted).isFalse();
      }
    }

    void finishTheirTrials() {
      while (ours.state() == CircuitBreaker.State.OPEN
          && theirs.getState()
              == io.github.resilience4j.circuitbreaker.CircuitBreaker.State.HALF_OPEN) {
        assertThat(theirs.tryAcquirePermission()).isTrue();
        theirs.onSuccess(0, TimeUnit.MILLISECONDS);
      }
    }

    void compare() {
      finishTheirTrials();
      assertThat(ours.state()).hasToString(theirs.getState().toString());
      if (ours.state() == CircuitBreaker.State.CLOSED) {
        CircuitBreaker.Stats stats = ours.stats();
        Metrics metrics = theirs.getMetrics();
        assertThat(stats.calls()).isEqualTo(metrics.getNumberOfBufferedCalls());
        assertThat(stats.failures()).isEqualTo(metrics.getNumberOfFailedCalls());
        assertThat(stats.slowCalls()).isEqualTo(metrics.getNumberOfSlowCalls());
      }
    }

    void run() {
      double failures = gen.oneOf(0.05, 0.3, 0.6);
      int longest = gen.oneOf(1, 10, 40);
      for (int i = 0; i < 400; i++) {
        switch (gen.intBetween(0, 9)) {
          case 0 -> clock.advance(millis(gen.intBetween(0, gen.oneOf(10, 1_000, 5_000))));
          case 1 -> cancel();
          default -> call(gen.chance(failures), gen.intBetween(0, longest));
        }
        compare();
      }
    }
  }

  /** Our clock as the JDK's. */
  private static final class TheirClock extends java.time.Clock {
    private final ManualClock clock;

    TheirClock(ManualClock clock) {
      this.clock = clock;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public java.time.Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("a clock of a test has one zone: zone=" + zone);
    }

    @Override
    public Instant instant() {
      return clock.now();
    }
  }

  private static Duration millis(long millis) {
    return MILLI.multipliedBy(millis);
  }

  @TestFactory
  @Covers("C34")
  Stream<DynamicTest> breaker_windowOfCalls_isInTheSameStates() {
    return Property.check(
        "breakers with a window of calls agree", 200, gen -> new Breakers(gen, false).run());
  }

  @TestFactory
  @Covers("C34")
  Stream<DynamicTest> breaker_windowOfTime_isInTheSameStates() {
    return Property.check(
        "breakers with a window of time agree", 200, gen -> new Breakers(gen, true).run());
  }

  @TestFactory
  Stream<DynamicTest> limiter_wholePeriods_admitsTheSame() {
    return Property.check(
        "limiters agree on whole periods",
        100,
        gen -> {
          int permits = gen.intBetween(1, 10);
          Duration period = Duration.ofNanos(permits * gen.longBetween(100, 100_000_000));
          var clock = new ManualClock();
          RateLimiter ours =
              RateLimiter.of("ours", c -> c.withClock(clock).withRate(permits, period));
          var theirs =
              new AtomicRateLimiter(
                  "theirs",
                  io.github.resilience4j.ratelimiter.RateLimiterConfig.custom()
                      .limitForPeriod(permits)
                      .limitRefreshPeriod(period)
                      .timeoutDuration(Duration.ZERO)
                      .build(),
                  clock::nanos);
          for (int i = 0; i < 200; i++) {
            if (gen.chance(0.2)) {
              clock.advance(period.multipliedBy(gen.intBetween(1, 3)));
            } else {
              assertThat(ours.available()).isEqualTo(theirs.getMetrics().getAvailablePermissions());
              assertThat(ours.ask() instanceof Admission.Pass)
                  .isEqualTo(theirs.acquirePermission(1));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> bulkhead_anyProgram_admitsTheSame() {
    return Property.check(
        "bulkheads agree",
        50,
        gen -> {
          int limit = gen.intBetween(1, 6);
          Bulkhead ours = Bulkhead.of("ours", limit);
          var theirs =
              io.github.resilience4j.bulkhead.Bulkhead.of(
                  "theirs",
                  BulkheadConfig.custom()
                      .maxConcurrentCalls(limit)
                      .maxWaitDuration(Duration.ZERO)
                      .build());
          Deque<Admission.Pass> inside = new ArrayDeque<>();
          for (int i = 0; i < 200; i++) {
            if (gen.chance(0.5) && !inside.isEmpty()) {
              inside.pop().success();
              theirs.onComplete();
            } else {
              boolean admitted = theirs.tryAcquirePermission();
              Admission answer = ours.ask();
              assertThat(answer instanceof Admission.Pass).isEqualTo(admitted);
              if (answer instanceof Admission.Pass pass) {
                inside.push(pass);
              }
            }
            assertThat(limit - ours.inUse())
                .isEqualTo(theirs.getMetrics().getAvailableConcurrentCalls());
          }
        });
  }

  @TestFactory
  @Covers("C35")
  Stream<DynamicTest> retry_anyFailures_callsAsOftenWithTheSameEnd() {
    return Property.check(
        "retries agree",
        100,
        gen -> {
          int most = gen.intBetween(1, 5);
          Retry ours =
              Retry.of(r ->
                  r.withMaxAttempts(most)
                      .withBackoff(Backoff.fixed(Duration.ZERO))
                      .withRetryable(e -> e instanceof IOException));
          var theirs =
              io.github.resilience4j.retry.Retry.of(
                  "theirs",
                  RetryConfig.custom()
                      .maxAttempts(most)
                      .intervalFunction(attempt -> 0L)
                      .retryOnException(e -> e instanceof IOException)
                      .build());
          int failures = gen.intBetween(0, 6);
          int fatal = gen.intBetween(0, 12);
          var ourWork = new Work(failures, fatal);
          var theirWork = new Work(failures, fatal);
          assertThat(end(() -> ours.call(ourWork)))
              .isEqualTo(end(theirs.decorateCallable(theirWork)));
          assertThat(ourWork.calls).isEqualTo(theirWork.calls);
        });
  }

  private static String end(Callable<String> call) {
    try {
      return call.call();
    } catch (Exception e) {
      return e.getClass() + ": " + e.getMessage();
    }
  }

  /** Work that fails so often, once in a way that is not worth another attempt. */
  private static final class Work implements Callable<String> {
    private final int failures;
    private final int fatal;
    int calls;

    Work(int failures, int fatal) {
      this.failures = failures;
      this.fatal = fatal;
    }

    @Override
    public String call() throws IOException {
      calls++;
      if (calls == fatal) {
        throw new IllegalStateException("fatal " + calls);
      }
      if (calls <= failures) {
        throw new IOException("failure " + calls);
      }
      return "done after " + calls;
    }
  }

  @TestFactory
  @Covers("C35")
  Stream<DynamicTest> backoff_exponential_isTheSame() {
    return Property.check(
        "exponential delays agree",
        100,
        gen -> {
          Duration first = millis(gen.intBetween(1, 1_000));
          Duration cap = first.plusMillis(gen.intBetween(0, 100_000));
          double factor = gen.oneOf(2.0, 3.0, 10.0); // whole, as theirs rounds to milliseconds
          IntervalFunction theirs = IntervalFunction.ofExponentialBackoff(first, factor, cap);
          Backoff ours = Backoff.exponential(first, factor, cap);
          for (int i = 1; i < 30; i++) {
            assertThat(ours.delay(i)).isEqualTo(millis(theirs.apply(i)));
          }
        });
  }
}
