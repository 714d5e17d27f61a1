package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Locks that tasks declare are taken for them, and block no thread. */
@Covers({"C26", "C27"})
class LockTasksTest {

  @Test
  void locks_thousandTasksWaitForOneThread_noThreadBlocks() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      LockLease lease = scheduler.locks().acquire("b");
      var inside = new AtomicInteger();
      var most = new AtomicInteger();
      var done = new ArrayList<Event>();
      for (int i = 0; i < 1_000; i++) {
        done.add(
            scheduler.submit(
                t -> t.locks("c", "a", "b"),
                () -> {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  inside.decrementAndGet();
                }));
      }
      Event free = scheduler.submit(() -> {});
      assertThat(free.await(Patience.LONG)).as("the one thread is free").isTrue();
      assertThat(scheduler.locks().held()).as("a and b; c waits its turn").isEqualTo(2);
      lease.close();
      for (Event each : done) {
        assertThat(each.await(Patience.LONG)).isTrue();
      }
      assertThat(most).hasValue(1);
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void locks_declaredInAnyOrder_areTakenAscending() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("b");
      Event task = bench.submit("task", t -> t.locks("c", "b", "a", "b"));
      bench.runAll();
      assertThat(bench.locks.held()).isEqualTo(2);
      assertThat(bench.locks.acquire("c", seconds(0))).hasValueSatisfying(LockLease::close);
      assertThat(bench.scheduler.explain(task).toString())
          .contains("task #0 holds [\"a\"] and waits for \"b\"");
      lease.close();
      bench.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      bench.assertNothingHeld();
    }
  }

  @Test
  void locks_severalWait_areHandedOnByDeadline() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("a");
      for (int due : List.of(30, 10, 40, 20)) {
        bench.submit("due " + due, t -> t.locks("a").deadline(seconds(due)));
      }
      bench.submit("also due 20", t -> t.locks("a").deadline(seconds(20)));
      bench.runAll();
      lease.close();
      bench.runAll();
      assertThat(bench.ran).containsExactly("due 10", "due 20", "also due 20", "due 30", "due 40");
      bench.assertNothingHeld();
    }
  }

  @Test
  void locks_waiterExpedited_goesFirst() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("a");
      bench.submit("first", t -> t.locks("a").deadline(seconds(10)));
      Event last = bench.submit("last", t -> t.locks("a").deadline(seconds(20)));
      bench.runAll();
      assertThat(bench.scheduler.expedite(last, Band.HIGH, seconds(1))).isTrue();
      lease.close();
      bench.runAll();
      assertThat(bench.ran).containsExactly("last", "first");
    }
  }

  @Test
  void locks_bodyFails_areFree() {
    try (var bench = new ManualScheduler()) {
      Event task =
          bench.scheduler.submit(
              t -> t.locks("a", "b"),
              () -> {
                assertThat(bench.locks.held()).isEqualTo(2);
                throw new AssertionError("made up");
              });
      bench.runAll();
      assertThat(task.poison()).isPresent();
      bench.assertNothingHeld();
    }
  }

  @Test
  void locks_betweenAttempts_areFree() throws Exception {
    try (var bench = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      var attempts = new AtomicInteger();
      Event task =
          bench.scheduler.submit(
              t -> t.locks("a").needs("gpu", 1).retry(twice()),
              () -> {
                assertThat(bench.locks.held()).isEqualTo(1);
                if (attempts.incrementAndGet() == 1) {
                  bench.locks.acquire("x"); // never closed: ends with the attempt
                  throw new IllegalStateException("first");
                }
              });
      bench.runAll();
      assertThat(attempts).hasValue(1);
      assertThat(bench.locks.held()).isZero();
      assertThat(bench.scheduler.stats().permitsFree()).containsEntry("gpu", 1L);
      bench.clock.advance(seconds(10));
      bench.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      bench.assertNothingHeld();
    }
  }

  static Retry twice() {
    return Retry.of(r -> r.withMaxAttempts(2).withBackoff(Backoff.fixed(seconds(1))));
  }

  @Test
  void locks_listenerOfTheTask_findsThemFree() {
    try (var bench = new ManualScheduler(c -> c.withResource("gpu", 1))) {
      Event task = bench.submit("task", t -> t.locks("a").needs("gpu", 1));
      task.whenComplete(poison ->
          bench.ran.add(bench.locks.held() + " " + bench.scheduler.stats().permitsFree()));
      bench.runAll();
      assertThat(bench.ran).containsExactly("task", "0 {gpu=1}");
    }
  }

  @Test
  void locks_taskIsCancelledAsItRuns_areFreeWhenItsThreadHasLeft() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      var runs = new CountDownLatch(1);
      var leave = new CountDownLatch(1);
      Event task =
          scheduler.submit(
              t -> t.locks("a"),
              () -> {
                runs.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  Patience.await(leave);
                }
              });
      Patience.await(runs);
      task.poison("cancelled");
      assertThat(scheduler.locks().held()).isEqualTo(1);
      leave.countDown();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(scheduler.stats().cancelled()).isEqualTo(1);
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void locks_attemptRunsOutOfTime_areFree() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      Event task =
          scheduler.submit(
              t -> t.locks("a").attemptTimeout(java.time.Duration.ofMillis(5)),
              () -> new CountDownLatch(1).await());
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(task.poison().orElseThrow().toString()).contains("attempt must end in time");
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void locks_callersTask_goesOnWhereTheLockIsGivenBack() throws Exception {
    try (var bench = new ManualScheduler()) {
      LockLease lease = bench.locks.acquire("a");
      Event task = bench.submit("task", t -> t.locks("a").on(Placement.CALLER));
      assertThat(task.status()).isEqualTo(EventStatus.PENDING);
      lease.close();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      bench.assertNothingHeld();
    }
  }
}
