package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whatever the user's code does, a task ends and the others go on. */
@Covers("C35")
class RobustnessTest {

  @Test
  void compensation_throwsItsCauseAgain_taskStillEnds() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler()) {
      Event task =
          manual.scheduler.submit(
              t ->
                  t.undoneBy(cause -> {
                    throw (Exception) cause;
                  }),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.submit("next");
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.POISONED);
      assertThat(manual.ran).containsExactly("next");
      assertThat(manual.stats().held()).isZero();
      assertThat(manual.stats().compensationsFailed()).isEqualTo(1);
      assertThat(log.messages()).hasSize(1);
    }
  }

  @Test
  void retryPredicate_throwsWhatItIsAskedAbout_taskStillEnds() {
    try (var manual = new ManualScheduler()) {
      Retry broken =
          Retry.DEFAULT.withRetryable(e -> {
            throw (RuntimeException) e;
          });
      Event task =
          manual.scheduler.submit(
              t -> t.retry(broken),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.threads.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.POISONED);
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  void gate_throwsAnError_taskStillEnds() {
    try (var manual = new ManualScheduler()) {
      Gate broken =
          () -> {
            throw new AssertionError("made up");
          };
      Event task = manual.scheduler.submit(t -> t.through(broken), () -> {});
      manual.threads.runAll();
      assertThat(task.poison().orElseThrow().reason()).contains("made up");
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  void gate_refuses_nothingIsUndone() {
    var undone = new AtomicInteger();
    try (var manual = new ManualScheduler()) {
      Gate shut = () -> new Gate.Admission.Refused("shut", Duration.ZERO);
      manual.scheduler.submit(
          t -> t.through(shut).undoneBy(_ -> undone.incrementAndGet()), () -> {});
      manual.threads.runAll();
      assertThat(manual.stats().refused()).isEqualTo(1);
      assertThat(undone).hasValue(0);
    }
  }

  @Test
  void policy_answersNull_declaredBandStays() {
    try (var log = new CapturedLog("dev.carillon.schedule");
        var manual = new ManualScheduler(c -> c.withPriority(_ -> null))) {
      manual.submit("task");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("task");
      assertThat(log.messages()).isNotEmpty();
    }
  }

  @Test
  void callers_manyWaitForOnePermit_noStackOverflow() throws Exception {
    int many = 50_000;
    var ran = new AtomicInteger();
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1).withResource("r", 1))) {
      var holding = new CountDownLatch(1);
      var gate = new CountDownLatch(1);
      scheduler.submit(
          t -> t.needs("r", 1),
          () -> {
            holding.countDown();
            Patience.await(gate);
          });
      Patience.await(holding);
      List<Event> tasks = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        tasks.add(
            scheduler.submit(t -> t.on(Placement.CALLER).needs("r", 1), ran::incrementAndGet));
      }
      gate.countDown();
      assertThat(scheduler.events().merge(tasks).await(Patience.LONG)).isTrue();
      assertThat(ran).hasValue(many);
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(scheduler.stats().permitsFree()).containsEntry("r", 1L);
    }
  }

  @Test
  void blockingOverflow_listenerOfATaskSubmits_isRejectedNotStuck() throws Exception {
    try (var scheduler =
        Scheduler.open(c -> c.withCpuThreads(1).withCapacity(1).withOverflow(Overflow.BLOCK))) {
      var gate = new CountDownLatch(1);
      Event first = scheduler.submit(() -> Patience.await(gate));
      var second = new ArrayList<Event>();
      var told = new CountDownLatch(1);
      first.whenComplete(_ -> {
        second.add(scheduler.submit(() -> {}));
        told.countDown();
      });
      gate.countDown();
      Patience.await(told);
      assertThat(second.getFirst().status()).isEqualTo(EventStatus.POISONED);
    }
  }
}
