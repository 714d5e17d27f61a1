package dev.carillon.schedule;

import static dev.carillon.schedule.ManualScheduler.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.SystemClosedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Locks that threads take as they go. */
@Covers({"C26", "C27"})
class LockThreadsTest {
  private final ManualScheduler bench = new ManualScheduler();
  private final Locks locks = bench.locks;

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void acquire_ascending_succeeds() throws Exception {
    try (LockLease a = locks.acquire("a");
        LockLease b = locks.acquire("b")) {
      assertThat(a.id() + b.id()).isEqualTo("ab");
      assertThat(a).hasToString("LockLease[\"a\" of thread \"%s\" #%d]".formatted(name(), id()));
      assertThat(locks.held()).isEqualTo(2);
    }
    assertThat(locks.held()).isZero();
  }

  private static String name() {
    return Thread.currentThread().getName();
  }

  private static long id() {
    return Thread.currentThread().threadId();
  }

  @Test
  void acquire_descending_isRefusedNamingBoth() throws Exception {
    try (LockLease b = locks.acquire("b");
        LockLease c = locks.acquire("c")) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquire("a"))
          .withMessage(
              "locks must be taken in ascending order: thread \"%s\" #%d holds \"%s\" and requests"
                  + " \"a\"",
              name(), id(), c.id())
          .satisfies(e -> assertThat(e.requested() + e.held()).isEqualTo("ac"));
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquire("a", seconds(1)));
      assertThat(locks.held()).as("%s and c, not a", b).isEqualTo(2);
    }
    locks.acquire("a").close();
    bench.assertNothingHeld();
  }

  @Test
  void acquire_again_isRefusedInAnyOrder() throws Exception {
    try (LockLease lease = locks.acquire("a")) {
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquire(lease.id()))
          .withMessageContaining("must not be taken twice")
          .withMessageContaining("holds \"a\"");
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquireInAnyOrder("a"));
      assertThatExceptionOfType(LockOrderException.class)
          .isThrownBy(() -> locks.acquireInAnyOrder("a", Duration.ZERO));
    }
    bench.assertNothingHeld();
  }

  @Test
  void acquireInAnyOrder_descending_succeeds() throws Exception {
    try (LockLease b = locks.acquireInAnyOrder("b");
        LockLease a = locks.acquireInAnyOrder("a")) {
      assertThat(locks.held()).as("%s %s", a, b).isEqualTo(2);
    }
    bench.assertNothingHeld();
  }

  @Test
  void acquire_blankName_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> locks.acquire(" "))
        .withMessage("a lock's name must not be blank: id=\" \"");
  }

  @Test
  void acquire_inATaskBelowADeclaredLock_isRefused() {
    Event task = bench.scheduler.submit(t -> t.named("t").locks("m"), () -> locks.acquire("a"));
    bench.runAll();
    assertThat(task.poison().orElseThrow().toString())
        .contains("t #0 holds \"m\" and requests \"a\"");
    bench.assertNothingHeld();
  }

  @Test
  void acquire_zeroTimeout_doesNotWait() throws Exception {
    LockLease lease = locks.acquire("a");
    try (var workers = new Workers()) {
      workers.start(() -> {
        assertThat(locks.acquire("a", Duration.ZERO)).isEmpty();
        assertThat(locks.acquire("a", seconds(-1))).isEmpty();
        assertThat(locks.acquireInAnyOrder("a", Duration.ZERO)).isEmpty();
      });
    }
    lease.close();
    assertThat(locks.acquire("a", Duration.ZERO)).hasValueSatisfying(LockLease::close);
    bench.assertNothingHeld();
  }

  @Test
  void acquire_timePassesFirst_isEmptyAndNobodyIsLost() throws Exception {
    LockLease lease = locks.acquire("a");
    var ended = new CountDownLatch(1);
    try (var workers = new Workers()) {
      workers.start(() -> {
        assertThat(locks.acquire("a", seconds(5))).isEmpty();
        ended.countDown();
      });
      bench.untilBlocked(1);
      Patience.until(
          "timed out",
          () -> {
            bench.clock.advance(seconds(5));
            return ended.getCount() == 0;
          });
      workers.start(() -> locks.acquire("a", Duration.ofSeconds(Long.MAX_VALUE)).get().close());
      bench.untilBlocked(1);
      lease.close();
    }
    bench.assertNothingHeld();
  }

  @Test
  void acquire_interrupted_doesNotHaveTheLock() throws Exception {
    LockLease lease = locks.acquire("b");
    try (var workers = new Workers()) {
      var worker =
          workers.start(
              Workers.Kind.VIRTUAL,
              "waiter",
              () -> {
                try (LockLease a = locks.acquire("a")) {
                  assertThatExceptionOfType(InterruptedException.class)
                      .as(a.id())
                      .isThrownBy(() -> locks.acquire("b"));
                }
                Thread.currentThread().interrupt();
                assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> locks.acquire("free"))
                    .withMessageContaining("\"free\"");
              });
      bench.untilBlocked(1);
      worker.interrupt();
    }
    assertThat(locks.held()).isEqualTo(1);
    lease.close();
    bench.assertNothingHeld();
  }

  @Test
  void close_twice_doesNotTakeTheLockFromTheNext() throws Exception {
    LockLease first = locks.acquire("a");
    first.close();
    LockLease second = locks.acquire("a");
    first.close();
    assertThat(locks.held()).isEqualTo(1);
    second.close();
    bench.assertNothingHeld();
  }

  @Test
  void close_byAnotherThread_freesTheLockOfTheFirst() throws Exception {
    LockLease lease = locks.acquire("b");
    try (var workers = new Workers()) {
      workers.start(lease::close);
    }
    locks.acquire("a").close(); // below b, which this thread no longer holds
    bench.assertNothingHeld();
  }

  @Test
  void close_byAnotherThreadAsTheHolderWaits_theWaitGoesOn() throws Exception {
    LockLease b = locks.acquire("b");
    var a = new AtomicReference<LockLease>();
    try (var workers = new Workers()) {
      workers.start(() -> {
        a.set(locks.acquire("a"));
        locks.acquire("b").close();
      });
      bench.untilBlocked(1);
      a.get().close();
      assertThat(locks.held()).isEqualTo(1);
      b.close();
    }
    bench.assertNothingHeld();
  }

  @Test
  void taskEnds_leaseNotClosed_isTakenBackAndCloseDoesNothing() throws Exception {
    var left = new AtomicReference<LockLease>();
    Event task = bench.scheduler.submit(t -> t.locks("a"), () -> left.set(locks.acquire("b")));
    bench.runAll();
    assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
    bench.assertNothingHeld();
    LockLease again = locks.acquire("b");
    left.get().close();
    assertThat(locks.held()).isEqualTo(1);
    again.close();
    bench.assertNothingHeld();
  }

  @Test
  void taskEnds_leaseNotClosed_goesToTheThreadThatWaits() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        var workers = new Workers()) {
      var holds = new CountDownLatch(1);
      var leave = new CountDownLatch(1);
      scheduler.submit(() -> {
        scheduler.locks().acquire("a");
        holds.countDown();
        Patience.await(leave);
      });
      Patience.await(holds);
      workers.start(() -> scheduler.locks().acquire("a").close());
      ManualScheduler.untilBlocked(scheduler.events(), 1);
      leave.countDown();
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  @Test
  void leases_ofTasksAndThreadsOnOneLock_excludeEachOther() throws Exception {
    int[] inside = new int[2];
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2).withPatience(seconds(9)));
        var workers = new Workers()) {
      for (int i = 0; i < 8; i++) {
        workers.start(
            i % 2 == 0 ? Workers.Kind.VIRTUAL : Workers.Kind.PLATFORM,
            "worker " + i,
            () -> {
              for (int round = 0; round < 200; round++) {
                scheduler.submit(t -> t.locks("a"), () -> count(inside));
                scheduler.submit(
                    t -> t.on(Placement.BLOCKING),
                    () -> {
                      try (LockLease lease = scheduler.locks().acquire("a")) {
                        assertThat(lease.id()).isEqualTo("a");
                        count(inside);
                      }
                    });
                try (LockLease lease = scheduler.locks().acquire("a")) {
                  assertThat(lease.id()).isEqualTo("a");
                  count(inside);
                }
              }
            });
      }
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(inside).containsExactly(0, 8 * 200 * 3);
      ManualScheduler.assertNothingHeld(scheduler);
    }
  }

  /** Not atomic: correct only if nobody else is inside. */
  private static void count(int[] inside) {
    inside[0]++;
    assertThat(inside[0]).isEqualTo(1);
    inside[1]++;
    inside[0]--;
  }

  @Test
  void shutdownOfTheEvents_asThreadsWait_endsTheirWaits() throws Exception {
    var events = EventSystem.create();
    LockTable table = LockAlone.table(events, DeadlockPolicy.REQUESTER);
    LockLease lease = table.acquire("a");
    try (var workers = new Workers()) {
      for (int i = 0; i < 3; i++) {
        workers.start(() ->
            assertThatExceptionOfType(PoisonedException.class)
                .isThrownBy(() -> table.acquire("a")));
      }
      ManualScheduler.untilBlocked(events, 3);
      events.shutdown("over");
    }
    lease.close();
    assertThat(table.held()).isZero();
    LockLease again = table.acquire("a");
    try (var workers = new Workers()) {
      workers.start(() ->
          assertThatExceptionOfType(SystemClosedException.class)
              .as("waiting needs an event")
              .isThrownBy(() -> table.acquire("a")));
    }
    again.close();
    assertThat(table.held()).isZero();
  }

  @Test
  void wakeUpOfSomebodyElse_doesNotGiveTheLock() throws Exception {
    LockLease lease = locks.acquire("a");
    try (var workers = new Workers()) {
      workers.start(() ->
          assertThatExceptionOfType(IllegalStateException.class)
              .isThrownBy(() -> locks.acquire("a"))
              .withMessageContaining("must be ended by the lock: lock=\"a\""));
      bench.untilBlocked(1);
      bench.scheduler.events().pendingOlderThan(Duration.ZERO).forEach(Event::tryTrigger);
    }
    assertThat(locks.held()).isEqualTo(1);
    lease.close();
    bench.assertNothingHeld();
  }
}
