package dev.carillon.bench;

import dev.carillon.schedule.CircuitBreaker;
import dev.carillon.schedule.Gate;
import dev.carillon.schedule.RateLimiter;
import dev.carillon.schedule.Retry;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.function.CheckedSupplier;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Q: what a gate costs around a call that is all right. The work reads a field of its object and is
 * not inlined, so all subjects pay the same for it; a row without a gate says how much.
 */
@State(Scope.Thread)
public class Gates {
  static final Group BREAKER =
      Group.of(
          "Q1",
          "breaker around a call, closed, window of 100 calls",
          Group.Unit.NS,
          "call",
          "breaker",
          List.of(
              Session.of(
                  Gates.class,
                  "bare",
                  "breaker",
                  "breakerAsk",
                  "bulkhead",
                  "limiter",
                  "resilience4jBreaker",
                  "failsafeBreaker")),
          List.of(
              Goal.time("≤ 25 ns", 25, "breaker", "", 0),
              Goal.time("≤ 25 ns, asked and told", 25, "breakerAsk", "", 0),
              Goal.bytes("0 B", 0.05, "breaker", 0),
              Goal.bytes("0 B, asked and told", 0.05, "breakerAsk", 0)));

  static final Group RETRY =
      Group.of(
          "Q2",
          "retry armed and unused around a call",
          Group.Unit.NS,
          "call",
          "retry",
          List.of(Session.of(Gates.class, "bare", "retry", "resilience4jRetry", "failsafeRetry")),
          List.of(
              new Goal(
                  "≤ 5 ns over the bare call",
                  rows ->
                      rows.find("retry", "", 0)
                          .flatMap(with -> rows.find("bare", "", 0).map(bare -> over(with, bare))),
                  5,
                  true),
              Goal.bytes("0 B", 0.05, "retry", 0)));

  static final Group FAILURES =
      Group.of(
          "Q3",
          "breaker told of calls, 1 in 4 failed, window of 100 calls",
          Group.Unit.NS,
          "call",
          "breakerMixed",
          List.of(Session.of(Gates.class, "breakerMixed", "resilience4jMixed")),
          List.of(
              Goal.time("≤ 25 ns", 25, "breakerMixed", "", 0),
              Goal.bytes("0 B", 0.05, "breakerMixed", 0)));

  static final Group WINDOW_OF_TIME =
      Group.of(
          "Q4",
          "breaker around a call, closed, window of 10 s",
          Group.Unit.NS,
          "call",
          "breakerOfTime",
          List.of(
              Session.of(Gates.class, "breakerOfTime", "resilience4jOfTime", "failsafeBreaker")),
          List.of(Goal.bytes("0 B", 0.05, "breakerOfTime", 0)));

  private static Score over(Row with, Row bare) {
    Score time = Objects.requireNonNull(with.time());
    Score less = Objects.requireNonNull(bare.time());
    return new Score(time.value() - less.value(), Math.hypot(time.error(), less.error()));
  }

  private static final int ENOUGH = 1 << 30; // for all calls of a run

  private int value = 1;
  private int calls;
  private final Callable<Integer> work = this::work;

  private final CircuitBreaker breaker = CircuitBreaker.of("bench", c -> c.withCallWindow(100, 20));
  private final CircuitBreaker mixed =
      CircuitBreaker.of("bench", c -> c.withCallWindow(100, 20).withFailureRate(0.9));
  private final CircuitBreaker ofTime =
      CircuitBreaker.of("bench", c -> c.withTimeWindow(Duration.ofSeconds(1), 10, 20));
  private final dev.carillon.schedule.Bulkhead bulkhead =
      dev.carillon.schedule.Bulkhead.of("bench", 4);
  private final RateLimiter limiter =
      RateLimiter.of("bench", c -> c.withRate(10_000_000, Duration.ofSeconds(1)).withBurst(ENOUGH));
  private final Retry retry = Retry.of(r -> r.withMaxAttempts(3));
  private final IllegalStateException failure = new IllegalStateException("down");

  private final io.github.resilience4j.circuitbreaker.CircuitBreaker theirBreaker =
      io.github.resilience4j.circuitbreaker.CircuitBreaker.of("bench", theirs(50, false));
  private final io.github.resilience4j.circuitbreaker.CircuitBreaker theirMixed =
      io.github.resilience4j.circuitbreaker.CircuitBreaker.of("bench", theirs(90, false));
  private final io.github.resilience4j.circuitbreaker.CircuitBreaker theirOfTime =
      io.github.resilience4j.circuitbreaker.CircuitBreaker.of("bench", theirs(50, true));
  private final Callable<Integer> theirBreakerWork = theirBreaker.decorateCallable(work);
  private final Callable<Integer> theirOfTimeWork = theirOfTime.decorateCallable(work);
  private final Callable<Integer> theirRetryWork =
      io.github.resilience4j.retry.Retry.ofDefaults("bench").decorateCallable(work);
  private final CheckedSupplier<Integer> failsafeWork = this::work;
  private final FailsafeExecutor<Integer> failsafeBreaker =
      Failsafe.with(
          dev.failsafe.CircuitBreaker.<Integer>builder()
              .withFailureRateThreshold(50, 20, Duration.ofSeconds(10))
              .build());
  private final FailsafeExecutor<Integer> failsafeRetry =
      Failsafe.with(RetryPolicy.<Integer>builder().withMaxAttempts(3).build());

  private static io.github.resilience4j.circuitbreaker.CircuitBreakerConfig theirs(
      int percent, boolean timed) {
    return io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.custom()
        .slidingWindow(
            timed ? 10 : 100,
            20,
            timed ? SlidingWindowType.TIME_BASED : SlidingWindowType.COUNT_BASED)
        .failureRateThreshold(percent)
        .build();
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private int work() {
    return value;
  }

  private boolean failsNow() {
    return (++calls & 3) == 0;
  }

  @Benchmark
  @Subject("the call alone")
  public Integer bare() throws Exception {
    return work.call();
  }

  @Benchmark
  @Subject("Carillon, breaker")
  public Integer breaker() throws Exception {
    return breaker.call(work);
  }

  @Benchmark
  @Subject("Carillon, breaker asked and told")
  public Integer breakerAsk() throws Exception {
    var pass = (Gate.Admission.Pass) breaker.ask();
    Integer result = work.call();
    pass.success();
    return result;
  }

  @Benchmark
  @Subject("Carillon, breaker told of failures, 1 in 4")
  public Integer breakerMixed() throws Exception {
    var pass = (Gate.Admission.Pass) mixed.ask();
    Integer result = work.call();
    if (failsNow()) {
      pass.failure(failure);
    } else {
      pass.success();
    }
    return result;
  }

  @Benchmark
  @Subject("Carillon, breaker with a window of 10 s")
  public Integer breakerOfTime() throws Exception {
    return ofTime.call(work);
  }

  @Benchmark
  @Subject("Carillon, bulkhead")
  public Integer bulkhead() throws Exception {
    return bulkhead.call(work);
  }

  @Benchmark
  @Subject("Carillon, rate limiter")
  public Integer limiter() throws Exception {
    return limiter.call(work);
  }

  @Benchmark
  @Subject("Carillon, retry")
  public Integer retry() throws Exception {
    return retry.call(work);
  }

  @Benchmark
  @Subject("Resilience4j, breaker")
  public Integer resilience4jBreaker() throws Exception {
    return theirBreakerWork.call();
  }

  @Benchmark
  @Subject("Resilience4j, breaker told of failures, 1 in 4")
  public Integer resilience4jMixed() throws Exception {
    theirMixed.acquirePermission();
    long start = theirMixed.getCurrentTimestamp();
    Integer result = work.call();
    long took = theirMixed.getCurrentTimestamp() - start;
    if (failsNow()) {
      theirMixed.onError(took, theirMixed.getTimestampUnit(), failure);
    } else {
      theirMixed.onSuccess(took, theirMixed.getTimestampUnit());
    }
    return result;
  }

  @Benchmark
  @Subject("Resilience4j, breaker with a window of 10 s")
  public Integer resilience4jOfTime() throws Exception {
    return theirOfTimeWork.call();
  }

  @Benchmark
  @Subject("Resilience4j, retry")
  public Integer resilience4jRetry() throws Exception {
    return theirRetryWork.call();
  }

  @Benchmark
  @Subject("Failsafe, breaker, rate over 10 s")
  public Integer failsafeBreaker() {
    return failsafeBreaker.get(failsafeWork);
  }

  @Benchmark
  @Subject("Failsafe, retry")
  public Integer failsafeRetry() {
    return failsafeRetry.get(failsafeWork);
  }
}
