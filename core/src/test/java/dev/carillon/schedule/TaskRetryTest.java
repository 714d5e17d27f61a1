package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tasks that are tried again, and the gates that are asked before. */
class TaskRetryTest {
  private static final Retry RETRY = Retry.of(r -> r.withBackoff(Backoff.fixed(millis(10))));

  /** Fails so many times. */
  private static Work failing(int times) {
    var attempts = new int[1];
    return () -> {
      if (++attempts[0] <= times) {
        throw new IllegalStateException("attempt " + attempts[0]);
      }
    };
  }

  @Test
  void retry_afterFailures_runsAgainOnceTheBackoffIsOver() {
    try (var hand = new ManualScheduler()) {
      Event task = hand.submit("a", t -> t.retry(RETRY), failing(2));
      hand.runAll();
      hand.advance(9);
      hand.runAll();
      assertThat(hand.ran).hasSize(1);
      hand.advance(1);
      hand.runAll();
      assertThat(hand.ran).hasSize(2);
      assertThat(task.status()).isEqualTo(EventStatus.PENDING);
      hand.advance(10);
      hand.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(hand.stats().retried()).isEqualTo(2);
      assertThat(hand.stats().succeeded()).isEqualTo(1);
    }
  }

  @Test
  void retry_afterTheLastAttempt_poisonsWithItsFailure() {
    try (var hand = new ManualScheduler()) {
      Event task = hand.submit("a", t -> t.retry(RETRY), failing(3));
      for (int i = 0; i < 5; i++) {
        hand.runAll();
        hand.advance(10);
      }
      assertThat(hand.ran).hasSize(3);
      assertThat(ManualScheduler.poison(task)).contains("attempt 3");
      assertThat(hand.stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void retry_beyondItsBudget_isNotTried() {
    try (var hand = new ManualScheduler()) {
      Retry retry = RETRY.withMaxAttempts(100).withBudget(millis(25));
      Event task = hand.submit("a", t -> t.retry(retry), failing(100));
      for (int i = 0; i < 10; i++) {
        hand.runAll();
        hand.advance(10);
      }
      assertThat(hand.ran).hasSize(3); // at 0, 10 and 20
      assertThat(task.status()).isEqualTo(EventStatus.POISONED);
    }
  }

  @Test
  void backoff_permitsAndLocksAreFree_butTheKeyIsKept() {
    try (var hand = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      hand.submit("a", t -> t.retry(RETRY).needs("gpu", 1).locks("l").key("k"), failing(1));
      hand.submit("b", t -> t.needs("gpu", 1).locks("l"));
      hand.submit("c", t -> t.key("k"));
      hand.step();
      assertThat(hand.stats().permitsFree()).isEqualTo(Map.of("gpu", 1L));
      assertThat(hand.stats().locksHeld()).isZero();
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b");
      hand.advance(10);
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b", "a", "c");
    }
  }

  @Test
  void cancel_inBackoff_letsTheKeyGoOn() {
    try (var hand = new ManualScheduler()) {
      Event a = hand.submit("a", t -> t.retry(RETRY).key("k"), failing(1));
      hand.submit("b", t -> t.key("k"));
      hand.runAll();
      a.poison("not wanted any more");
      hand.runAll();
      hand.advance(10);
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b");
      assertThat(hand.stats().cancelled()).isEqualTo(1);
      assertThat(hand.stats().held()).isZero();
    }
  }

  // ── gates ──

  /** Refuses so many times, and notes what it is told. */
  private static Gate refusing(int times, Duration retryAfter, List<String> told) {
    var asked = new int[1];
    return () ->
        ++asked[0] <= times
            ? new Gate.Admission.Refused("shut, ask " + asked[0], retryAfter)
            : new Gate.Admission.Pass() {
              @Override
              public void success() {
                told.add("success");
              }

              @Override
              public void failure(Throwable cause) {
                told.add("failure " + cause.getMessage());
              }

              @Override
              public void cancelled() {
                told.add("cancelled");
              }
            };
  }

  @Test
  void gate_refusingForLongerThanTheBackoff_isAskedAgainWhenItMayAdmit() {
    try (var hand = new ManualScheduler()) {
      var told = new ArrayList<String>();
      hand.submit("a", t -> t.retry(RETRY).through(refusing(1, millis(50), told)));
      hand.runAll();
      hand.advance(49);
      hand.runAll();
      assertThat(hand.ran).isEmpty();
      hand.advance(1);
      hand.runAll();
      assertThat(hand.ran).containsExactly("a");
      assertThat(told).containsExactly("success");
      assertThat(hand.stats().refused()).isEqualTo(1);
    }
  }

  @Test
  void gate_refusingWithoutRetry_poisonsAndUndoesNothing() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      Event task =
          hand.submit(
              "a", t -> t.through(refusing(1, millis(50), List.of())).undoneBy(undone::add));
      hand.runAll();
      assertThat(ManualScheduler.poison(task)).contains("shut, ask 1");
      assertThat(undone).as("no attempt has begun").isEmpty();
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void gate_refusingForEver_isAskedAgainAtTheEndOfTime() {
    try (var hand = new ManualScheduler()) {
      Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
      Event task = hand.submit("a", t -> t.retry(RETRY).through(refusing(1, ever, List.of())));
      hand.runAll();
      assertThat(hand.scheduler.explain(task).phase()).isEqualTo(TaskPhase.BACKOFF);
      hand.submit("b", t -> t);
      hand.runAll();
      assertThat(hand.ran).containsExactly("b");
    }
  }

  @Test
  void gate_thatThrows_failsTheTaskAndGivesBackThePassesBefore() {
    try (var hand = new ManualScheduler()) {
      var told = new ArrayList<String>();
      Event task =
          hand.submit(
              "a",
              t ->
                  t.through(refusing(0, Duration.ZERO, told))
                      .through(() -> {
                        throw new IllegalStateException("broken gate");
                      }));
      hand.submit("b", t -> t);
      hand.runAll();
      assertThat(ManualScheduler.poison(task)).contains("broken gate");
      assertThat(told).containsExactly("cancelled");
      assertThat(hand.ran).containsExactly("b");
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void gates_whenTheInnerRefuses_outerIsToldThatNothingBegan() {
    try (var hand = new ManualScheduler()) {
      var told = new ArrayList<String>();
      hand.submit(
          "a",
          t ->
              t.retry(RETRY)
                  .through(refusing(0, Duration.ZERO, told))
                  .through(refusing(1, Duration.ZERO, told)),
          failing(1));
      hand.runAll();
      assertThat(told).containsExactly("cancelled");
      told.clear();
      hand.advance(10);
      hand.runAll();
      assertThat(told).containsExactly("failure attempt 1", "failure attempt 1");
      told.clear();
      hand.advance(10);
      hand.runAll();
      assertThat(told).containsExactly("success", "success");
    }
  }
}
