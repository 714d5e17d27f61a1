package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Another attempt follows if and only if the rule says so. */
@Covers("C35")
class RetryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock clock = new ManualClock();
  private final Retry atOnce =
      Retry.of(r -> r.withClock(clock).withBackoff(Backoff.fixed(Duration.ZERO)));

  /** Work that fails as often as told. */
  private static final class Work implements Callable<String> {
    private final List<Throwable> failures;
    int calls;

    Work(Throwable... failures) {
      this.failures = List.of(failures);
    }

    @Override
    public String call() throws Exception {
      if (calls < failures.size()) {
        Throwable failure = failures.get(calls++);
        if (failure instanceof Error error) {
          throw error;
        }
        throw (Exception) failure;
      }
      calls++;
      return "done";
    }
  }

  @Test
  void call_failsLessThanTheMost_returns() throws Exception {
    var work = new Work(new IOException("1"), new IOException("2"));
    assertThat(atOnce.<String>call(work)).isEqualTo("done");
    assertThat(work.calls).isEqualTo(3);
  }

  @Test
  void call_failsTooOften_throwsTheLastWithTheFirst() {
    var first = new IOException("1");
    var last = new IOException("3");
    var work = new Work(first, new IOException("2"), last);
    assertThatThrownBy(() -> atOnce.call(work)).isSameAs(last).hasSuppressedException(first);
    assertThat(work.calls).isEqualTo(3);
  }

  @Test
  void call_sameFailureAgainAndAgain_isNotSuppressedInItself() {
    var same = new IOException("same");
    assertThatThrownBy(() -> atOnce.call(new Work(same, same, same)))
        .isSameAs(same)
        .hasNoSuppressedExceptions();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> atOnce.call(new Work(new IOException(), same, same)));
    }
    assertThat(same.getSuppressed()).hasSize(8);
  }

  @Test
  void call_notRetryable_isTriedOnce() {
    Retry onlyIo = atOnce.withRetryable(e -> e instanceof IOException);
    for (Throwable failure : List.of(new RuntimeException(), new StackOverflowError())) {
      var work = new Work(failure);
      assertThatThrownBy(() -> onlyIo.call(work)).isSameAs(failure);
      assertThat(work.calls).isOne();
    }
    var error = new Work(new StackOverflowError());
    assertThatThrownBy(() -> atOnce.call(error)).isInstanceOf(StackOverflowError.class);
    assertThat(error.calls).isOne();
  }

  @Test
  void call_errorTakenForRetryable_isTriedAgain() throws Exception {
    var work = new Work(new StackOverflowError());
    assertThat(atOnce.withRetryable(e -> true).<String>call(work)).isEqualTo("done");
  }

  @Test
  void call_workInterrupted_isTriedOnce() {
    var work = new Work(new InterruptedException());
    assertThatThrownBy(() -> atOnce.withRetryable(e -> true).call(work))
        .isInstanceOf(InterruptedException.class);
    assertThat(work.calls).isOne();
  }

  @Test
  void call_betweenAttempts_waitsOnTheClock() {
    Retry retry =
        atOnce.withMaxAttempts(4).withBackoff(Backoff.linear(SECOND, Duration.ofMinutes(1)));
    var times = new ConcurrentLinkedQueue<Long>();
    try (var workers = new Workers()) {
      workers.start(() -> {
        assertThatThrownBy(() ->
                retry.call(() -> {
                  times.add(clock.nanos() / SECOND.toNanos());
                  throw new IOException();
                }))
            .isInstanceOf(IOException.class);
      });
      for (int i = 1; i <= 3; i++) {
        int attempt = i;
        awaitQuietly(() -> clock.alarms() == 1 && times.size() == attempt);
        clock.advance(SECOND.multipliedBy(attempt).minusNanos(1));
        assertThat(times).hasSize(attempt);
        clock.advance(Duration.ofNanos(1));
      }
    }
    assertThat(times).containsExactly(0L, 1L, 3L, 6L);
    assertThat(clock.alarms()).isZero();
  }

  private static void awaitQuietly(Patience.Condition condition) {
    try {
      Patience.until("the attempt failed and its thread waits", condition);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void call_interruptedWhileWaiting_throwsWithTheFailure() {
    Retry retry = atOnce.withBackoff(Backoff.fixed(SECOND));
    var failure = new IOException();
    try (var workers = new Workers()) {
      Thread waiting =
          workers.start(() ->
              assertThatThrownBy(() -> retry.call(new Work(failure, failure, failure)))
                  .isInstanceOf(InterruptedException.class)
                  .hasSuppressedException(failure));
      awaitQuietly(() -> clock.alarms() == 1);
      waiting.interrupt();
    }
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void call_realClock_waitsAtLeastThatLong() throws Exception {
    long start = System.nanoTime();
    Retry retry = Retry.of(r -> r.withBackoff(Backoff.fixed(Duration.ofMillis(20))));
    assertThat(retry.<String>call(new Work(new IOException(), new IOException())))
        .isEqualTo("done");
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(40_000_000L);
  }

  @Test
  void call_budgetSpentByAttempts_givesUp() {
    Retry retry = atOnce.withMaxAttempts(100).withBudget(SECOND.multipliedBy(3));
    var calls = new ArrayList<Long>();
    assertThatThrownBy(() ->
            retry.call(() -> {
              calls.add(clock.nanos());
              clock.advance(SECOND);
              throw new IOException();
            }))
        .isInstanceOf(IOException.class);
    assertThat(calls).as("at 0, 1, 2 and 3 s").hasSize(4);
  }

  @Test
  void call_refusedByAGate_waitsAsLongAsTheGateRefuses() {
    var refused =
        new GateClosedException(new Gate.Admission.Refused("closed", Duration.ofMinutes(1)));
    assertThat(atOnce.nextDelay(1, refused, Duration.ZERO, Duration.ZERO))
        .contains(Duration.ofMinutes(1));
    assertThat(atOnce.withBudget(SECOND).nextDelay(1, refused, Duration.ZERO, Duration.ZERO))
        .isEmpty();
  }

  @TestFactory
  Stream<DynamicTest> nextDelay_anyCase_followsTheRule() {
    return Property.check("there is another attempt iff the rule says so", 300, this::followsRule);
  }

  private void followsRule(Gen gen) {
    int most = gen.intBetween(1, 5);
    long budget = gen.longBetween(1, 100);
    long delay = gen.longBetween(0, 30);
    Retry retry =
        atOnce
            .withMaxAttempts(most)
            .withBudget(Duration.ofNanos(budget))
            .withBackoff(Backoff.fixed(Duration.ofNanos(delay)))
            .withRetryable(e -> e instanceof IOException);
    for (int i = 0; i < 50; i++) {
      int attempt = gen.intBetween(1, 6);
      long since = gen.longBetween(0, 120);
      long cost = gen.oneOf(0L, gen.longBetween(0, 60), Long.MAX_VALUE);
      Exception failure = gen.oneOf(new IOException(), new RuntimeException());
      boolean expected =
          attempt < most
              && failure instanceof IOException
              && cost <= 1_000
              && since + delay + cost <= budget;
      assertThat(retry.nextDelay(attempt, failure, Duration.ofNanos(since), Duration.ofNanos(cost)))
          .isEqualTo(expected ? Optional.of(Duration.ofNanos(delay)) : Optional.empty());
      long origin = gen.longBetween(Long.MIN_VALUE, Long.MAX_VALUE - 1_000);
      assertThat(retry.nextDelayNanos(attempt, failure, origin + since, origin + budget, cost))
          .isEqualTo(expected ? delay : Retry.GIVE_UP);
    }
  }

  @Test
  void create_badSettings_throwsWithRuleAndValue() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> atOnce.withMaxAttempts(0))
        .withMessage("maxAttempts must be 1 to 2147483647: maxAttempts=0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> atOnce.withBudget(Duration.ZERO))
        .withMessage("budget must be positive: budget=PT0S");
    assertThatThrownBy(() -> atOnce.withBackoff(null)).hasMessage("backoff");
    assertThatThrownBy(() -> atOnce.withRetryable(null)).hasMessage("retryable");
    assertThatThrownBy(() -> atOnce.withClock(null)).hasMessage("clock");
  }
}
