package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Promise;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** What tasks that have failed have done is undone. */
class CompensationTest {
  private static final Work FAILING =
      () -> {
        throw new IllegalStateException("disk full");
      };

  @Test
  @Covers("C35")
  void failure_forGood_isUndoneFirstWithPermitsAndLocksHeld() {
    try (var hand = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      var task = new Event[1];
      var seen = new ArrayList<Object>();
      Retry retry = Retry.of(r -> r.withMaxAttempts(2).withBackoff(Backoff.fixed(millis(10))));
      task[0] =
          hand.submit(
              "a",
              t ->
                  t.needs("gpu", 1)
                      .locks("l")
                      .retry(retry)
                      .undoneBy(cause -> {
                        seen.add(cause.getMessage());
                        seen.add(task[0].status());
                        seen.add(hand.stats().permitsFree().get("gpu"));
                        seen.add(hand.stats().locksHeld());
                      }),
              FAILING);
      hand.runAll();
      assertThat(seen).as("will be tried again").isEmpty();
      hand.advance(10);
      hand.runAll();
      assertThat(seen).containsExactly("disk full", EventStatus.PENDING, 0L, 1);
      assertThat(ManualScheduler.poison(task[0])).contains("disk full");
      assertThat(hand.stats().permitsFree()).containsEntry("gpu", 1L);
      assertThat(hand.stats().locksHeld()).isZero();
    }
  }

  @Test
  @Covers("C35")
  void compensation_thatFails_isLoggedAndCountedAndTheCauseIsTold() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var hand = new ManualScheduler()) {
      Event task =
          hand.submit(
              "a",
              t ->
                  t.undoneBy(cause -> {
                    throw new IllegalStateException("cannot undo");
                  }),
              FAILING);
      hand.runAll();
      assertThat(ManualScheduler.poison(task)).contains("disk full");
      assertThat(hand.stats().compensationsFailed()).isEqualTo(1);
      assertThat(hand.stats().failed()).isEqualTo(1);
      assertThat(log.messages()).anyMatch(m -> m.matches("the compensation of a #0 failed"));
    }
  }

  @Test
  void success_isNotUndone() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      hand.submit("a", t -> t.undoneBy(undone::add));
      hand.runAll();
      assertThat(undone).isEmpty();
    }
  }

  @Test
  void cancel_beforeTheFirstAttempt_undoesNothing() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      hand.submit("a", t -> t.undoneBy(undone::add)).poison("not wanted");
      hand.runAll();
      assertThat(undone).isEmpty();
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void cancel_asItRuns_undoesOnce() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      var task = new Event[1];
      task[0] = hand.submit("a", t -> t.undoneBy(undone::add), () -> task[0].poison("not wanted"));
      hand.runAll();
      assertThat(undone).hasSize(1);
    }
  }

  @Test
  void cancel_betweenAttempts_undoesWhatTheFirstDid() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      Event task =
          hand.submit(
              "a",
              t ->
                  t.retry(Retry.DEFAULT.withBackoff(Backoff.fixed(millis(10))))
                      .undoneBy(undone::add),
              FAILING);
      hand.runAll();
      task.poison("not wanted");
      hand.runAll();
      assertThat(undone).hasSize(1);
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void cancel_ofAnAttemptThatWaitsInTheQueue_undoesWhatTheFirstDid() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      Event task =
          hand.submit(
              "a",
              t ->
                  t.retry(Retry.DEFAULT.withBackoff(Backoff.fixed(millis(10))))
                      .undoneBy(undone::add),
              FAILING);
      hand.runAll();
      hand.advance(10);
      task.poison("not wanted");
      hand.runAll();
      assertThat(hand.ran).hasSize(1);
      assertThat(undone).hasSize(1);
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake that is tested
  void promise_withoutValue_failsAndIsUndone() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      Promise<String> promise =
          hand.scheduler.call(t -> t.named("a").undoneBy(undone::add), () -> null);
      hand.runAll();
      assertThat(ManualScheduler.poison(promise.event())).contains("a promise needs a value");
      assertThat(hand.stats().failed()).isEqualTo(1);
      assertThat(hand.stats().succeeded()).isZero();
      assertThat(undone).hasSize(1);
    }
  }

  @Test
  void gate_refuses_nothingRanAndNothingIsUndone() {
    try (var hand = new ManualScheduler()) {
      var undone = new ArrayList<Throwable>();
      Gate shut = () -> new Gate.Admission.Refused("shut", Duration.ZERO);
      hand.submit("a", t -> t.through(shut).undoneBy(undone::add));
      hand.runAll();
      assertThat(hand.stats().refused()).isEqualTo(1);
      assertThat(hand.ran).isEmpty();
      assertThat(undone).isEmpty();
    }
  }
}
