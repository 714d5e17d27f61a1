package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Attempts that are interrupted, and those that take no notice. */
@Covers({"C26", "C35"})
class AbandonTest {
  private static void waitStubbornly(CountDownLatch gate) {
    boolean open = false;
    while (!open) {
      try {
        gate.await();
        open = true;
      } catch (InterruptedException e) {
        open = false; // takes no notice
      }
    }
  }

  @Test
  void attempt_ignoresInterrupts_isCountedOnceAndKeepsItsPermits() throws Exception {
    var clock = new ManualClock();
    var started = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    try (var log = new CapturedLog("dev.carillon.schedule");
        var scheduler =
            Scheduler.open(c -> c.withClock(clock).withCpuThreads(1).withResource("r", 1))) {
      Event task =
          scheduler.submit(
              t -> t.needs("r", 1).locks("l").attemptTimeout(Duration.ofSeconds(2)),
              () -> {
                started.countDown();
                waitStubbornly(gate);
              });
      Patience.await(started);
      Patience.until("its time is watched", () -> clock.alarms() > 0);
      clock.advance(Duration.ofSeconds(2));
      assertThat(task.status()).isEqualTo(EventStatus.PENDING);
      clock.advance(Duration.ofSeconds(2));
      assertThat(task.poison().orElseThrow().reason()).contains("time of grace");
      assertThat(scheduler.stats().abandoned()).isEqualTo(1);
      clock.advance(Duration.ofSeconds(2));
      assertThat(scheduler.stats().abandoned()).isEqualTo(1);
      assertThat(scheduler.stats().permitsFree()).containsEntry("r", 0L);
      assertThat(scheduler.stats().locksHeld()).isEqualTo(1);
      assertThat(scheduler.stats().held()).isEqualTo(1);
      gate.countDown();
      Patience.until("it has left", () -> scheduler.stats().held() == 0);
      assertThat(scheduler.stats().permitsFree()).containsEntry("r", 1L);
      assertThat(scheduler.stats().locksHeld()).isZero();
      assertThat(scheduler.stats().discarded()).isEqualTo(1);
      assertThat(log.messages()).hasSize(1);
    }
  }

  @Test
  void explain_abandonedAttempt_saysSoOfItAndOfItsThread() throws Exception {
    var clock = new ManualClock();
    var started = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    try (var log = new CapturedLog("dev.carillon.schedule");
        var scheduler = Scheduler.open(c -> c.withClock(clock).withCpuThreads(1))) {
      Event stuck =
          scheduler.submit(
              t -> t.named("stuck"),
              () -> {
                started.countDown();
                waitStubbornly(gate);
              });
      try {
        Patience.await(started);
        Event next = scheduler.submit(t -> t.named("next"), () -> {});
        Duration grace = scheduler.config().grace();
        stuck.poison("not wanted");
        assertThat(scheduler.explain(stuck).phase()).as("interrupted").isEqualTo(TaskPhase.DONE);
        assertThat(scheduler.explain(next).toString()).doesNotContain("abandoned");
        clock.advance(grace);
        assertThat(scheduler.stats().abandoned()).isEqualTo(1);
        TaskExplanation explanation = scheduler.explain(stuck);
        assertThat(explanation.phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(explanation.reasons())
            .contains("is abandoned: it was interrupted, and still runs after a grace of " + grace)
            .anyMatch(reason -> reason.startsWith("runs on thread"));
        assertThat(scheduler.explain(next).toString())
            .contains("runs 1 at once: stuck #0 for " + grace + ", abandoned");
        for (int i = 0; i < 3_000; i++) { // whatever comes and goes meanwhile
          scheduler.submit(t -> t.on(Placement.CALLER), () -> {});
        }
        assertThat(scheduler.explain(stuck).phase()).isEqualTo(TaskPhase.RUNNING);
        assertThat(scheduler.explain(next).toString()).contains("stuck #0");
      } finally {
        gate.countDown(); // else closing would wait for it, on a clock that stands
      }
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(scheduler.explain(stuck).phase()).isEqualTo(TaskPhase.DONE);
      assertThat(log.messages()).hasSize(1);
    }
  }

  @Test
  void cancel_running_interruptsAndClears() throws Exception {
    var started = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      Event task =
          scheduler.submit(() -> {
            started.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
          });
      Patience.await(started);
      task.poison("not wanted");
      Patience.await(interrupted);
      Patience.until("it has left", () -> scheduler.stats().held() == 0);
      assertThat(scheduler.stats().cancelled()).isEqualTo(1);
      Event next = scheduler.submit(() -> assertThat(Thread.interrupted()).isFalse());
      assertThat(next.await(Patience.LONG)).isTrue();
    }
  }
}
