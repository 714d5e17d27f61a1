package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Where tasks run, and how a scheduler ends. */
class PlacementTest {
  private static int mostAtOnce(Scheduler scheduler, UnaryOperator<TaskOptions> where)
      throws InterruptedException {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    for (int i = 0; i < 200; i++) {
      scheduler.submit(
          where,
          () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            Thread.yield();
            running.decrementAndGet();
          });
    }
    assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
    return most.get();
  }

  @Test
  @Covers("C19")
  void cpu_tasks_runAtOnceOnPlatformThreadsButNoMore() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withName("few").withCpuThreads(2))) {
      var both = new CyclicBarrier(2);
      var events = new ArrayList<Event>();
      for (int i = 0; i < 2; i++) {
        events.add(
            scheduler.submit(() -> {
              assertThat(Thread.currentThread().isVirtual()).isFalse();
              assertThat(Thread.currentThread().getName()).startsWith("few-cpu-");
              both.await(Patience.LONG.toNanos(), TimeUnit.NANOSECONDS);
            }));
      }
      for (Event event : events) {
        event.await();
      }
      assertThat(mostAtOnce(scheduler, t -> t)).isBetween(1, 2);
    }
  }

  @Test
  void blocking_tasks_runOnVirtualThreadsUpToTheLimit() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withBlockingLimit(3))) {
      Work check = () -> assertThat(Thread.currentThread().isVirtual()).isTrue();
      scheduler.submit(t -> t.on(Placement.BLOCKING), check).await();
      assertThat(mostAtOnce(scheduler, t -> t.on(Placement.BLOCKING))).isBetween(1, 3);
    }
  }

  @Test
  void caller_runsOnTheSubmitterOrOnTheThreadThatFreesIt() {
    try (var hand = new ManualScheduler()) {
      var ranOn = new ArrayList<Thread>();
      Work note = () -> ranOn.add(Thread.currentThread());
      hand.submit("a", t -> t.on(Placement.CALLER), note);
      assertThat(ranOn).containsExactly(Thread.currentThread());
      Event before = hand.scheduler.events().newEvent();
      hand.submit("b", t -> t.on(Placement.CALLER).after(before), note);
      assertThat(hand.ran).containsExactly("a");
      before.trigger();
      assertThat(hand.ran).containsExactly("a", "b");
    }
  }

  @Test
  @Covers("W16")
  void ownPool_heavyTasks_runThereUpToItsLimitAndLeaveTheCpuPoolFree() throws Exception {
    try (var executor = Executors.newCachedThreadPool();
        Scheduler scheduler =
            Scheduler.open(c -> c.withCpuThreads(1).withPool("heavy", executor, 2))) {
      assertThat(mostAtOnce(scheduler, t -> t.on(Placement.on("heavy")))).isBetween(1, 2);
      var end = new CountDownLatch(1);
      for (int i = 0; i < 4; i++) {
        scheduler.submit(t -> t.on(Placement.on("heavy")), () -> Patience.await(end));
      }
      assertThat(scheduler.submit(() -> {}).await(Patience.LONG)).isTrue();
      end.countDown();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
    }
  }

  @Test
  void submit_toAnUnknownPoolOrBand_isRefused() {
    try (var hand = new ManualScheduler()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hand.submit("a", t -> t.on(Placement.on("none"))))
          .withMessageContaining("a pool must be one of the scheduler's")
          .withMessageContaining("pool=\"none\"");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hand.submit("a", t -> t.band(new Band(2))))
          .withMessageContaining("bands=2");
    }
  }

  @Test
  void close_cancelsEverythingEndsTheThreadsAndIsIdempotent() throws Exception {
    Scheduler scheduler = Scheduler.open(c -> c.withName("closing").withCpuThreads(1));
    var started = new CountDownLatch(1);
    List<Event> events =
        List.of(
            scheduler.submit(() -> {
              started.countDown();
              new CountDownLatch(1).await();
            }),
            scheduler.submit(() -> {}));
    Patience.await(started);
    scheduler.close();
    scheduler.close();
    assertThat(events)
        .allSatisfy(
            e -> assertThat(ManualScheduler.poison(e)).contains("the scheduler was closed"));
    assertThat(scheduler.stats().held()).isZero();
    Patience.until(
        "the threads have ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(t -> t.getName().startsWith("closing-")));
    assertThatIllegalStateException()
        .isThrownBy(() -> scheduler.submit(() -> {}))
        .withMessageContaining("a scheduler must be open to run something");
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
  void callers_manyWaitForOneLock_allRun() throws Exception {
    try (var hand = new ManualScheduler()) {
      LockLease lease = hand.locks.acquire("a");
      for (int i = 0; i < 50_000; i++) {
        hand.submit("task", t -> t.locks("a").on(Placement.CALLER));
      }
      lease.close();
      assertThat(hand.ran).hasSize(50_000);
      hand.assertNothingHeld();
    }
  }

  @Test
  void close_eventsAreShutDown_ends() {
    var hand = new ManualScheduler();
    hand.scheduler.events().shutdown("over");
    hand.scheduler.close();
  }
}
