package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads that lock without an order wait in a circle: found as it closes, named, and broken. */
@Covers("C27")
class DeadlockTest {

  @ParameterizedTest
  @CsvSource({"2, REQUESTER", "2, LEAST_URGENT", "5, REQUESTER", "5, LEAST_URGENT"})
  void circle_ofVirtualThreads_oneGivesWayAndTheOthersGoOn(int size, DeadlockPolicy policy)
      throws Exception {
    try (var bench = new ManualScheduler(c -> c.withDeadlocks(policy))) { // whose time stands still
      Queue<DeadlockException> found = new ConcurrentLinkedQueue<>();
      var all = new CyclicBarrier(size);
      var done = new CountDownLatch(size - 1);
      try (var workers = new Workers()) {
        for (int i = 0; i < size; i++) {
          String mine = "lock " + i;
          String next = "lock " + (i + 1) % size;
          workers.start(
              Workers.Kind.VIRTUAL,
              "philosopher " + i,
              () -> {
                try (LockLease left = bench.locks.acquireInAnyOrder(mine)) {
                  all.await();
                  try (LockLease right = bench.locks.acquireInAnyOrder(next)) {
                    assertThat(left.id()).isNotEqualTo(right.id());
                    done.countDown();
                  }
                } catch (DeadlockException e) {
                  found.add(e);
                }
              });
        }
        Patience.await(done);
      }
      assertThat(found).hasSize(1);
      checkNamed(found.element(), size);
      assertThat(bench.scheduler.stats().deadlocks()).isEqualTo(1);
      bench.assertNothingHeld();
    }
  }

  private static void checkNamed(DeadlockException found, int size) {
    assertThat(found).hasMessageMatching("(?s)deadlock, and thread \"philosopher \\d\" .*");
    assertThat(found.circle()).hasSize(size);
    for (int i = 0; i < size; i++) {
      int next = (i + 1) % size;
      String line =
          "thread \"philosopher %d\" #\\d+ holds \\[\"lock %d\"\\] and waits for \"lock %d\","
              + " held by thread \"philosopher %d\" #\\d+";
      String pattern = line.formatted(i, i, next, next);
      assertThat(found.circle()).anyMatch(each -> each.matches(pattern));
      assertThat(found.getMessage()).contains("\"lock " + i + "\"");
    }
  }

  @Test
  void circle_requesterPolicy_theLastToAskGivesWay() throws Exception {
    try (var bench = new ManualScheduler(c -> c.withDeadlocks(DeadlockPolicy.REQUESTER));
        var workers = new Workers()) {
      LockLease a = bench.locks.acquire("a");
      var holds = new CountDownLatch(1);
      workers.start(() -> {
        try (LockLease b = bench.locks.acquire("b")) {
          holds.countDown();
          bench.locks.acquireInAnyOrder("a").close();
          assertThat(b.id()).isEqualTo("b");
        }
      });
      Patience.await(holds);
      bench.untilBlocked(1);
      assertThatExceptionOfType(DeadlockException.class)
          .isThrownBy(() -> bench.locks.acquire("b"))
          .withMessageContaining("and thread \"" + Thread.currentThread().getName());
      a.close();
      workers.join();
      bench.assertNothingHeld();
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 20", "20, 10"})
  void circle_leastUrgentPolicy_theLatestDeadlineGivesWay(int dueFirst, int dueSecond)
      throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withDeadlocks(DeadlockPolicy.LEAST_URGENT))) {
      var both = new CyclicBarrier(2);
      Event first = scheduler.submit(on(dueFirst), () -> takeBoth(scheduler, both, "a", "b"));
      Event second = scheduler.submit(on(dueSecond), () -> takeBoth(scheduler, both, "b", "a"));
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(first.status() == EventStatus.TRIGGERED).isEqualTo(dueFirst < dueSecond);
      assertThat(second.status() == EventStatus.TRIGGERED).isEqualTo(dueSecond < dueFirst);
      assertThat(scheduler.stats().deadlocks()).isEqualTo(1);
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  private static TaskOptions on(int due) {
    return TaskOptions.DEFAULT.on(Placement.BLOCKING).deadline(seconds(due));
  }

  private static void takeBoth(Scheduler scheduler, CyclicBarrier both, String one, String other)
      throws Exception {
    scheduler.locks().acquireInAnyOrder(one); // taken back with the task
    both.await();
    scheduler.locks().acquireInAnyOrder(other);
  }

  @ParameterizedTest
  @EnumSource(DeadlockPolicy.class)
  void circle_closedByATaskThatIsHandedItsFirstLock_theThreadGivesWay(DeadlockPolicy policy)
      throws Exception {
    try (var bench = new ManualScheduler(c -> c.withDeadlocks(policy));
        var workers = new Workers()) {
      LockLease a = bench.locks.acquire("a");
      Event task = bench.submit("task", t -> t.locks("a", "b").deadline(seconds(1)));
      bench.runAll();
      List<DeadlockException> found = blockInACircle(bench, workers);
      a.close(); // goes to the task, which now lacks b, whose holder waits for a
      workers.join();
      assertThat(found).hasSize(1);
      assertThat(found.getFirst().circle())
          .anyMatch(line -> line.startsWith("task #0 holds [\"a\"] and waits for \"b\", held by"))
          .anyMatch(line -> line.endsWith("holds [\"b\"] and waits for \"a\", held by task #0"));
      bench.runAll();
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(bench.scheduler.stats().deadlocks()).isEqualTo(1);
      bench.assertNothingHeld();
    }
  }

  /** Starts a thread that holds b and waits for a. */
  private static List<DeadlockException> blockInACircle(ManualScheduler bench, Workers workers)
      throws Exception {
    var found = new ArrayList<DeadlockException>();
    workers.start(() -> {
      try (LockLease b = bench.locks.acquire("b")) {
        assertThat(b.id()).isEqualTo("b");
        bench.locks.acquireInAnyOrder("a").close();
      } catch (DeadlockException e) {
        found.add(e);
      }
    });
    bench.untilBlocked(1);
    return found;
  }

  @Test
  void circle_ofARunningTaskWithDeclaredLocksAndAThread_isBroken() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withDeadlocks(DeadlockPolicy.REQUESTER));
        var workers = new Workers()) {
      var both = new CyclicBarrier(2);
      var ended = new ConcurrentLinkedQueue<String>();
      Event task =
          scheduler.submit(
              t -> t.named("task").on(Placement.BLOCKING).locks("a"),
              () -> {
                both.await();
                scheduler.locks().acquireInAnyOrder("b");
              });
      workers.start(() -> {
        try (LockLease b = scheduler.locks().acquire("b")) {
          assertThat(b.id()).isEqualTo("b");
          both.await();
          scheduler.locks().acquireInAnyOrder("a").close();
        } catch (DeadlockException e) {
          ended.add(e.getMessage());
        }
      });
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      task.poison().ifPresent(poison -> ended.add(poison.toString()));
      assertThat(ended)
          .singleElement()
          .asString()
          .contains("deadlock, and ", "task #0 holds [\"a\"]");
      assertThat(scheduler.stats().deadlocks()).isEqualTo(1);
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void chain_withoutACircle_isNoDeadlock() throws Exception {
    try (var bench = new ManualScheduler();
        var workers = new Workers()) {
      LockLease first = bench.locks.acquire("lock 0");
      for (int i = 1; i < 50; i++) {
        String mine = "lock " + i;
        String before = "lock " + (i - 1);
        workers.start(
            Workers.Kind.VIRTUAL,
            "worker",
            () -> {
              try (LockLease lease = bench.locks.acquireInAnyOrder(mine)) {
                assertThat(lease.id()).isEqualTo(mine);
                bench.locks.acquireInAnyOrder(before).close();
              }
            });
        bench.untilBlocked(i);
      }
      first.close();
      workers.join();
      assertThat(bench.scheduler.stats().deadlocks()).isZero();
      bench.assertNothingHeld();
    }
  }
}
