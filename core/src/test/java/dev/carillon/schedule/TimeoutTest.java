package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Promise;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Limits of time, cancelling, and attempts that do not stop. */
class TimeoutTest {
  private static final UnaryOperator<TaskOptions> SHORT = t -> t.timeout(millis(10));

  private static ManualScheduler twoThreads() {
    return new ManualScheduler(c -> c.withCpuThreads(2).withResource("gpu", 1));
  }

  private static void assertTimedOut(ManualScheduler hand, Event task, String waitingFor) {
    assertThat(ManualScheduler.poison(task))
        .contains("a task must end in time")
        .contains("timeout=PT0.01S; it was waiting for " + waitingFor);
    hand.runAll();
    assertThat(hand.stats().cancelled()).isEqualTo(1);
    assertThat(hand.stats().held()).isZero();
    assertThat(hand.stats().permitsFree()).containsEntry("gpu", 1L);
    assertThat(hand.stats().locksHeld()).isZero();
  }

  @Test
  void timeout_beforePreconditions_namesThem() {
    try (var hand = twoThreads()) {
      Event before = hand.scheduler.events().newEvent();
      Event task = hand.submit("a", t -> SHORT.apply(t).after(before));
      hand.advance(10);
      assertTimedOut(hand, task, "its preconditions");
      before.trigger();
      hand.runAll();
      assertThat(hand.ran).isEmpty();
    }
  }

  @Test
  void timeout_inTheQueue_namesTheThread() {
    try (var hand = twoThreads()) {
      Event task = hand.submit("a", SHORT);
      hand.advance(10);
      assertTimedOut(hand, task, "a thread");
      assertThat(hand.ran).isEmpty();
    }
  }

  @Test
  void timeout_behindItsKey_namesTheKey() {
    timeoutBehindHolder(t -> t.key("k"), "its turn among the tasks of its key");
  }

  @Test
  void timeout_waitingForPermits_namesThem() {
    timeoutBehindHolder(t -> t.needs("gpu", 1), "permits");
  }

  @Test
  void timeout_waitingForALock_namesIt() {
    timeoutBehindHolder(t -> t.locks("l"), "a lock");
  }

  private static void timeoutBehindHolder(UnaryOperator<TaskOptions> needs, String waitingFor) {
    try (var hand = twoThreads()) {
      hand.submit(
          "holder",
          t -> needs.apply(t.high()),
          () -> {
            hand.step();
            hand.advance(10);
          });
      Event task = hand.submit("a", t -> needs.apply(SHORT.apply(t)));
      hand.runAll();
      assertTimedOut(hand, task, waitingFor);
      assertThat(hand.ran).containsExactly("holder");
    }
  }

  @Test
  void timeout_inBackoff_namesTheNextAttempt() {
    try (var hand = twoThreads()) {
      Event task =
          hand.submit(
              "a",
              t -> SHORT.apply(t).retry(Retry.of(r -> r.withBackoff(Backoff.fixed(millis(50))))),
              () -> {
                throw new IllegalStateException("fails");
              });
      hand.runAll();
      hand.advance(10);
      assertTimedOut(hand, task, "its next attempt");
      hand.advance(50);
      hand.runAll();
      assertThat(hand.ran).hasSize(1);
    }
  }

  @Test
  void timeout_asItRuns_interruptsAndNamesTheWork() {
    try (var hand = twoThreads()) {
      var interrupted = new boolean[1];
      Event task =
          hand.submit(
              "a",
              SHORT,
              () -> {
                hand.advance(10);
                interrupted[0] = Thread.currentThread().isInterrupted();
              });
      hand.runAll();
      assertThat(interrupted[0]).isTrue();
      assertThat(Thread.currentThread().isInterrupted()).as("the interrupt was its own").isFalse();
      assertTimedOut(hand, task, "its own work");
      assertThat(hand.stats().discarded()).isEqualTo(1);
    }
  }

  @Test
  void timeout_ofATaskThatEndsInTime_changesNothing() {
    try (var hand = new ManualScheduler()) {
      Event task = hand.submit("a", SHORT);
      hand.runAll();
      hand.advance(20);
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(hand.stats().cancelled()).isZero();
    }
  }

  @Test
  void attemptTimeout_interruptsTheAttemptAndTheNextSucceeds() {
    try (var hand = new ManualScheduler()) {
      var attempts = new int[1];
      Event task =
          hand.submit(
              "a",
              t ->
                  t.attemptTimeout(millis(10))
                      .retry(Retry.of(r -> r.withBackoff(Backoff.fixed(millis(5))))),
              () -> {
                if (++attempts[0] == 1) {
                  hand.advance(10);
                  if (Thread.interrupted()) {
                    throw new InterruptedException();
                  }
                }
              });
      hand.runAll();
      assertThat(hand.scheduler.explain(task).toString())
          .contains("an attempt must end in time: task=a #0, attempt=1, attemptTimeout=PT0.01S");
      hand.advance(5);
      hand.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      hand.advance(5_000);
      assertThat(hand.stats().abandoned()).isZero();
    }
  }

  @Test
  void attemptTimeout_withoutRetry_poisons() {
    try (var hand = new ManualScheduler()) {
      Event task = hand.submit("a", t -> t.attemptTimeout(millis(10)), () -> hand.advance(10));
      hand.runAll();
      assertThat(ManualScheduler.poison(task)).contains("an attempt must end in time");
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
  }

  @Test
  void attempt_thatIgnoresInterrupts_isAbandonedOnceAndKeepsItsPermits() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var hand = new ManualScheduler(c -> c.withGrace(millis(100)).withResource("gpu", 1))) {
      var task = new Event[1];
      task[0] =
          hand.submit(
              "a",
              t -> t.attemptTimeout(millis(10)).needs("gpu", 1),
              () -> {
                hand.advance(10);
                assertThat(task[0].status()).isEqualTo(EventStatus.PENDING);
                hand.advance(100);
                assertThat(ManualScheduler.poison(task[0]))
                    .contains("an interrupted attempt must stop within the time of grace");
                assertThat(hand.stats().abandoned()).isEqualTo(1);
                assertThat(hand.stats().permitsFree()).containsEntry("gpu", 0L);
                hand.advance(100);
                hand.advance(100);
              });
      hand.runAll();
      assertThat(hand.stats().abandoned()).isEqualTo(1);
      assertThat(hand.stats().failed() + hand.stats().cancelled()).isEqualTo(1);
      assertThat(hand.stats().permitsFree()).containsEntry("gpu", 1L);
      assertThat(log.messages()).hasSize(1);
      assertThat(log.messages().getFirst()).contains("what it holds stays with it until it does");
    }
  }

  @Test
  void cancel_asItRuns_interruptsTheThread() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      var started = new CountDownLatch(1);
      var interrupted = new AtomicBoolean();
      Event task =
          scheduler.submit(() -> {
            started.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.set(true);
              throw e;
            }
          });
      Patience.await(started);
      task.poison("not wanted any more");
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(interrupted).isTrue();
      assertThat(scheduler.stats().cancelled()).isEqualTo(1);
      assertThat(scheduler.stats().discarded()).as("there was no result").isZero();
    }
  }

  @Test
  void result_afterTheOutcomeWasSettled_isDiscarded() {
    try (var hand = new ManualScheduler()) {
      var promise = new Promise<?>[1];
      promise[0] =
          hand.scheduler.call(
              t -> t.named("a"),
              () -> {
                promise[0].poison("not wanted any more");
                return "late";
              });
      hand.runAll();
      assertThat(ManualScheduler.poison(promise[0].event())).contains("not wanted any more");
      assertThat(hand.stats().discarded()).isEqualTo(1);
      assertThat(hand.stats().cancelled()).isEqualTo(1);
      assertThat(hand.stats().succeeded()).isZero();
    }
  }

  @Test
  void timeout_longerThanTheClockCounts_neverComes() {
    try (var hand = new ManualScheduler()) {
      Duration ever = Duration.ofSeconds(Long.MAX_VALUE);
      Event task = hand.submit("a", t -> t.timeout(ever).deadline(ever).attemptTimeout(ever));
      hand.advance(1_000);
      hand.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
    }
  }
}
