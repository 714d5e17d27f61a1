package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A limiter admits as many as it says and says exactly when the next is admitted. */
class RateLimiterTest {
  private final ManualClock clock = new ManualClock();

  private RateLimiter limiter(int permits, Duration period, int burst) {
    return RateLimiter.of(
        "api", c -> c.withRate(permits, period).withBurst(burst).withClock(clock));
  }

  private static boolean admits(RateLimiter limiter) {
    return limiter.ask() instanceof Admission.Pass;
  }

  @Test
  void ask_afterTheBurst_isRefusedUntilExactlyThen() {
    RateLimiter limiter = limiter(10, Duration.ofSeconds(1), 2);
    assertThat(admits(limiter)).isTrue();
    assertThat(admits(limiter)).isTrue();
    assertThat(limiter.ask())
        .isEqualTo(
            new Admission.Refused(
                "rate limiter \"api\" admits 10 per PT1S, and 2 at once", Duration.ofMillis(100)));
    clock.advance(Duration.ofMillis(100).minusNanos(1));
    assertThat(admits(limiter)).isFalse();
    clock.advance(Duration.ofNanos(1));
    assertThat(admits(limiter)).isTrue();
    assertThat(admits(limiter)).isFalse();
    assertThat(limiter.refused()).isEqualTo(3);
  }

  @Test
  void ask_afterALongPause_admitsOneBurst() {
    RateLimiter limiter = limiter(10, Duration.ofSeconds(1), 3);
    clock.advance(Duration.ofDays(1_000));
    assertThat(limiter.available()).isEqualTo(3);
    assertThat(limiter).hasToString("RateLimiter[api, 3 available]");
    for (int i = 0; i < 4; i++) {
      assertThat(admits(limiter)).isEqualTo(i < 3);
    }
    assertThat(limiter.available()).isZero();
  }

  @Test
  void ask_anyReport_givesNothingBack() throws Exception {
    RateLimiter limiter = limiter(3, Duration.ofSeconds(1), 3);
    ((Admission.Pass) limiter.ask()).cancelled();
    ((Admission.Pass) limiter.ask()).failure(new RuntimeException());
    assertThat(limiter.<String>call(() -> "third")).isEqualTo("third");
    assertThatExceptionOfType(GateClosedException.class)
        .isThrownBy(() -> limiter.call(() -> "never"))
        .withMessageEndingWith("3 at once; retry after PT0.333333334S");
  }

  @Test
  void acquire_soonEnough_waitsOnTheClock() throws Exception {
    RateLimiter limiter = limiter(10, Duration.ofSeconds(1), 1);
    var order = new ConcurrentLinkedQueue<Integer>();
    assertThat(limiter.acquire(Duration.ZERO)).isTrue();
    try (var workers = new Workers()) {
      for (int i = 1; i <= 3; i++) {
        int number = i;
        workers.start(() -> {
          assertThat(limiter.acquire(Duration.ofSeconds(1))).isTrue();
          order.add(number);
        });
        Patience.until("worker " + i + " waits", () -> clock.alarms() == number);
      }
      for (int i = 1; i <= 3; i++) {
        int number = i;
        clock.advance(Duration.ofMillis(99));
        assertThat(order).hasSize(number - 1);
        clock.advance(Duration.ofMillis(1));
        Patience.until(i + " were admitted", () -> order.size() == number);
      }
    }
    assertThat(order).containsExactly(1, 2, 3);
  }

  @Test
  void acquire_tooLate_returnsAtOnceAndTakesNothing() throws Exception {
    RateLimiter limiter = limiter(10, Duration.ofSeconds(1), 1);
    assertThat(limiter.acquire(Duration.ofSeconds(-1))).isTrue();
    assertThat(limiter.acquire(Duration.ofMillis(99))).isFalse();
    clock.advance(Duration.ofMillis(100));
    assertThat(admits(limiter)).isTrue();
  }

  @Test
  void acquire_interrupted_givesThePermitBackIfItWasTheLast() {
    RateLimiter limiter = limiter(10, Duration.ofSeconds(1), 1);
    assertThat(admits(limiter)).isTrue();
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> limiter.acquire(Duration.ofDays(1_000_000)));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    clock.advance(Duration.ofMillis(100));
    assertThat(admits(limiter)).isTrue();
  }

  @Test
  void acquire_realClock_waitsAtLeastThatLong() throws Exception {
    RateLimiter limiter = RateLimiter.of("api", c -> c.withRate(1, Duration.ofMillis(20)));
    long start = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      assertThat(limiter.acquire(Duration.ofMinutes(1))).isTrue();
    }
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000L);
  }

  @Test
  void ask_manyThreads_admitExactlyTheBurst() {
    RateLimiter limiter = limiter(1_000, Duration.ofDays(1), 1_000);
    var admitted = new AtomicInteger();
    try (var workers = new Workers()) {
      for (int i = 0; i < 4; i++) {
        workers.start(() -> {
          for (int j = 0; j < 1_000; j++) {
            if (admits(limiter)) {
              admitted.incrementAndGet();
            }
          }
        });
      }
    }
    assertThat(admitted.get()).isEqualTo(1_000);
    assertThat(limiter.refused()).isEqualTo(3_000);
  }

  /** A bucket of nanoseconds, which time fills and attempts empty. */
  private static final class Bucket {
    private final long cost;
    private final long size;
    private long level;

    Bucket(long cost, int burst) {
      this.cost = cost;
      this.size = cost * burst;
      this.level = size;
    }

    void fill(long nanos) {
      level = Math.min(size, level + nanos);
    }

    /** {@return how long to wait; 0 if admitted} */
    long take() {
      if (level < cost) {
        return cost - level;
      }
      level -= cost;
      return 0;
    }
  }

  @TestFactory
  Stream<DynamicTest> ask_anyProgram_answersLikeABucket() {
    return Property.check("the limiter answers like a bucket", 100, this::answersLikeABucket);
  }

  private void answersLikeABucket(Gen gen) {
    var time = new ManualClock(gen.oneOf(0L, -1L, Long.MAX_VALUE - 3, gen.anyLong()));
    int permits = gen.intBetween(1, 50);
    Duration period = Duration.ofNanos(gen.longBetween(100L * permits, 2_000_000_000L));
    int burst = gen.intBetween(1, 20);
    RateLimiter limiter =
        RateLimiter.of("x", c -> c.withRate(permits, period).withBurst(burst).withClock(time));
    long cost = Math.ceilDiv(period.toNanos(), (long) permits);
    var bucket = new Bucket(cost, burst);
    for (int i = 0; i < 300; i++) {
      if (gen.chance(0.4)) {
        Duration step = Duration.ofNanos(gen.longBetween(0, gen.oneOf(1L, cost, 3 * cost)));
        time.advance(step);
        bucket.fill(step.toNanos());
      } else {
        assertThat(limiter.available()).isEqualTo((int) (bucket.level / cost));
        long expected = bucket.take();
        switch (limiter.ask()) {
          case Admission.Pass pass -> assertThat(expected).isZero();
          case Admission.Refused refused ->
              assertThat(refused.retryAfter()).isEqualTo(Duration.ofNanos(expected));
        }
      }
    }
  }

  @Test
  void config_badSettings_throwWithRuleAndValue() {
    RateLimiterConfig good = RateLimiterConfig.DEFAULT;
    var second = Duration.ofSeconds(1);
    refused(() -> good.withName(""), "name must not be blank: name=\"\"");
    refused(() -> good.withRate(0, second), "permits must be 1 to 2147483647: permits=0");
    refused(() -> good.withRate(1, Duration.ZERO), "period must be positive: period=PT0S");
    refused(() -> good.withBurst(0), "burst must be 1 to 2147483647: burst=0");
    refused(
        () -> good.withRate(10_000_001, second),
        "a permit must take 100 ns or longer: permits=10000001 period=PT1S");
    refused(
        () -> good.withRate(1, Duration.ofDays(36_526)),
        "a burst must come back within 100 years: burst=1 permits=1 period=PT876624H");
    assertThatNullPointerException().isThrownBy(() -> good.withClock(null)).withMessage("clock");
    assertThat(RateLimiter.of("x", c -> c.withRate(5, second)).config())
        .isEqualTo(new RateLimiterConfig("x", 5, second, 5, good.clock()));
    assertThat(List.of(good.permits(), good.burst())).containsExactly(10, 10);
  }

  private static void refused(Runnable change, String message) {
    assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
  }
}
