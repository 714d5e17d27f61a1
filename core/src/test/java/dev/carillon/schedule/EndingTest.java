package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** A task ends and gives back what it has, whatever the code of users throws. */
class EndingTest {
  @Test
  void gate_throwsWhenAsked_nothingIsLost() {
    var bench = new ManualScheduler(c -> c.withResource("gpu", 1));
    Event task =
        bench.submit(
            "task",
            t ->
                t.locks("a")
                    .needs("gpu", 1)
                    .through(() -> {
                      throw new IllegalStateException("gate");
                    }));
    try {
      bench.runAll();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("gate");
    }
    Event other = bench.submit("other", t -> t);
    bench.runAll();
    assertThat(other.status()).isEqualTo(EventStatus.TRIGGERED);
    assertThat(task.status()).isEqualTo(EventStatus.POISONED);
    bench.assertNothingHeld();
  }

  @Test
  void listener_throwsAnError_taskIsCountedAndOver() {
    var bench = new ManualScheduler();
    Event task = bench.submit("task", t -> t.key("k"));
    task.whenComplete(poison -> {
      throw new AssertionError("listener");
    });
    try {
      bench.runAll();
    } catch (AssertionError e) {
      assertThat(e).hasMessage("listener");
    }
    bench.runAll();
    bench.assertNothingHeld();
  }

  @Test
  void priorityPolicy_throws_capacityIsGivenBack() {
    var bench =
        new ManualScheduler(c ->
            c.withPriority(candidate -> {
              throw new IllegalStateException("policy");
            }));
    try {
      bench.submit("task", t -> t);
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("policy");
    }
    bench.runAll();
    bench.assertNothingHeld();
  }

  @Test
  void close_eventsAreShutDown_ends() {
    var bench = new ManualScheduler();
    bench.scheduler.events().shutdown("over");
    bench.scheduler.close();
  }

  @Test
  void callersTasks_manyWaitForOneLock_allRun() throws Exception {
    var bench = new ManualScheduler();
    LockLease lease = bench.locks.acquire("a");
    for (int i = 0; i < 50_000; i++) {
      bench.submit("task", t -> t.locks("a").on(Placement.CALLER));
    }
    lease.close();
    assertThat(bench.ran).hasSize(50_000);
    bench.assertNothingHeld();
  }

  @Test
  void cancel_inBackoff_isCompensated() {
    var bench = new ManualScheduler();
    Event task =
        bench.scheduler.submit(
            t -> t.retry(LockTasksTest.twice()).undoneBy(cause -> bench.ran.add("undone")),
            () -> {
              throw new IllegalStateException("first");
            });
    bench.runAll();
    task.poison("cancelled");
    bench.runAll();
    assertThat(bench.ran).containsExactly("undone");
  }

  @Test
  void gate_refuses_nothingRanAndNothingIsUndone() {
    var bench = new ManualScheduler();
    bench.submit(
        "ran",
        t ->
            t.through(() -> new Gate.Admission.Refused("no", Duration.ZERO))
                .undoneBy(cause -> bench.ran.add("undone")));
    bench.runAll();
    assertThat(bench.ran).isEmpty();
  }

  @Test
  void downgrade_ofAHolder_keepsTheUrgencyOfItsWaiters() throws Exception {
    var bench = new ManualScheduler();
    LockLease lease = bench.locks.acquire("a");
    bench.submit("holder", t -> t.locks("a").deadline(seconds(1)).late(Late.DOWNGRADE));
    bench.runAll();
    bench.submit("urgent", t -> t.high().locks("a").deadline(seconds(5)));
    bench.runAll();
    bench.clock.advance(seconds(2));
    lease.close();
    for (int i = 0; i < 3; i++) {
      bench.submit("busy", t -> t.high().deadline(seconds(30)));
    }
    bench.runAll();
    assertThat(bench.ran).startsWith("holder", "urgent");
  }

  @Test
  void poolThreadsAllBlockedOnALock_itsHolderStillGetsAThread() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        var workers = new Workers()) {
      var holds = new CountDownLatch(1);
      var give = new CountDownLatch(1);
      workers.start(() -> {
        LockLease lease = scheduler.locks().acquire("l");
        holds.countDown();
        Patience.await(give);
        lease.close();
      });
      Patience.await(holds);
      Event declared = scheduler.submit(t -> t.locks("l").deadline(seconds(1)), () -> {});
      Patience.until("waits", () -> scheduler.explain(declared).phase() == TaskPhase.LOCKS);
      var runs = new CountDownLatch(1);
      Event dynamic =
          scheduler.submit(() -> {
            runs.countDown();
            scheduler.locks().acquire("l").close();
          });
      Patience.await(runs);
      Patience.until(
          "blocks",
          () ->
              scheduler.events().waitGraph().edges().stream()
                  .anyMatch(edge -> edge.how().equals("await")));
      give.countDown();
      boolean ended = dynamic.await(seconds(5));
      dynamic.tryPoison("give up");
      assertThat(ended).as("declared is %s", declared).isTrue();
    }
  }
}
