package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.carillon.build.Covers;
import dev.carillon.schedule.Gate.Admission;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What gates make of garbage where nothing is wrong: none. */
class GateFootprintTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int OPERATIONS = 100_000;

  private final Callable<String> work = () -> "done";

  /** {@return the bytes that the calling thread allocates for each operation, once warm} */
  private static double bytesEach(Callable<?> operation) throws Exception {
    for (int i = 0; i < OPERATIONS; i++) {
      operation.call();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < OPERATIONS; i++) {
      operation.call();
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / OPERATIONS;
  }

  private static Object askAndSucceed(Gate gate) {
    var pass = (Admission.Pass) gate.ask();
    pass.success();
    return pass;
  }

  @Test
  @Covers("C34")
  void breaker_closed_makesNoGarbage() throws Exception {
    for (CircuitBreaker breaker :
        new CircuitBreaker[] {
          CircuitBreaker.of("calls", c -> c),
          CircuitBreaker.of("time", c -> c.withTimeWindow(Duration.ofSeconds(1), 10, 10)),
          CircuitBreaker.of("row", c -> c.withConsecutiveFailures(3).withFailureRate(0))
        }) {
      assertThat(bytesEach(() -> breaker.call(work))).as(breaker.toString()).isLessThan(0.1);
      assertThat(bytesEach(() -> askAndSucceed(breaker))).as(breaker.toString()).isLessThan(0.1);
    }
  }

  @Test
  @Covers("C34")
  void breaker_closedWithFailures_makesNoGarbage() throws Exception {
    CircuitBreaker breaker = CircuitBreaker.of("calls", c -> c.withFailureRate(0.9));
    var failure = new IOException();
    assertThat(
            bytesEach(() -> {
              ((Admission.Pass) breaker.ask()).failure(failure);
              return askAndSucceed(breaker);
            }))
        .isLessThan(0.1);
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
  }

  @Test
  @Covers("C35")
  void retry_unusedOrDeciding_makesNoGarbage() throws Exception {
    Retry retry = Retry.of(r -> r.withMaxAttempts(10));
    var failure = new IOException();
    assertThat(bytesEach(() -> retry.call(work))).isLessThan(0.1);
    var sum = new long[1];
    assertThat(
            bytesEach(() -> {
              sum[0] += retry.nextDelayNanos(3, failure, 0, Nanos.NEVER, 0);
              return work;
            }))
        .isLessThan(0.1);
    assertThat(sum[0]).isPositive();
  }

  @Test
  void bulkheadAndLimiter_admitting_makeNoGarbage() throws Exception {
    Bulkhead bulkhead = Bulkhead.of("x", 2);
    RateLimiter limiter =
        RateLimiter.of("x", c -> c.withRate(10_000_000, Duration.ofSeconds(1)).withBurst(1 << 30));
    assertThat(bytesEach(() -> bulkhead.call(work))).isLessThan(0.1);
    assertThat(bytesEach(() -> limiter.call(work))).isLessThan(0.1);
  }
}
