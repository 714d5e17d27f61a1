package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Promise;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** From submission to the end. */
class TaskLifecycleTest {
  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  @Test
  @Covers("C25")
  void preconditionPoisoned_task_isPoisonedWithTheSameRoot() {
    try (var manual = new ManualScheduler()) {
      Event good = manual.scheduler.events().newEvent("good");
      Event bad = manual.scheduler.events().newEvent("bad");
      Event task = manual.submit("task", t -> t.after(good, bad));
      Event next = manual.submit("next", t -> t.after(task));
      bad.poison("made up");
      good.trigger();
      manual.threads.runAll();
      assertThat(manual.ran).isEmpty();
      for (Event each : List.of(task, next)) {
        assertThat(each.poison().orElseThrow().rootCauses().getFirst().name()).contains("bad");
        assertThat(each.poison().orElseThrow().rootCauses().getFirst().reason())
            .contains("made up");
      }
      assertThat(manual.stats().failed()).isEqualTo(2);
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  @Covers("C25")
  void preconditions_triggered_tasksRunInTheOrderOfTheChain() {
    try (var manual = new ManualScheduler()) {
      Event start = manual.scheduler.events().newEvent();
      Event a = manual.submit("a", t -> t.after(start));
      Event b = manual.submit("b", t -> t.after(start, a));
      manual.submit("c", t -> t.after(a, b).high());
      manual.threads.runAll();
      assertThat(manual.ran).isEmpty();
      start.trigger();
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("a", "b", "c");
    }
  }

  @Test
  void cancel_whileItWaits_leavesNothingBehind() throws Exception {
    try (var manual = new ManualScheduler(c -> c.withResource("r", 1))) {
      Event never = manual.scheduler.events().newEvent();
      LockLease lease = manual.scheduler.locks().acquire("l");
      List<Event> tasks = new ArrayList<>();
      tasks.add(manual.submit("preconditions", t -> t.after(never)));
      tasks.add(manual.submit("locks", t -> t.needs("r", 1).locks("l")));
      tasks.add(manual.submit("permits", t -> t.needs("r", 1)));
      manual.threads.runAll();
      tasks.add(manual.submit("queued"));
      tasks.forEach(task -> task.poison("not wanted"));
      manual.threads.runAll();
      assertThat(manual.ran).isEmpty();
      assertThat(manual.stats().held()).isZero();
      assertThat(manual.stats().cancelled()).isEqualTo(4);
      assertThat(manual.stats().permitsFree()).isEqualTo(Map.of("r", 1L));
      lease.close();
      assertThat(manual.stats().locksHeld()).isZero();
    }
  }

  @Test
  void timeout_whileItWaits_saysForWhat() {
    try (var manual = new ManualScheduler()) {
      Event never = manual.scheduler.events().newEvent();
      Event task = manual.submit("task", t -> t.after(never).timeout(ms(10)));
      manual.clock.advance(ms(9));
      assertThat(task.status()).isEqualTo(EventStatus.PENDING);
      manual.clock.advance(ms(2));
      assertThat(task.poison().orElseThrow().reason())
          .contains("a task must end in time", "PT0.01S", "its preconditions");
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  @Covers("C35")
  void attemptTimeout_interruptsAndTriesAgain() throws Exception {
    var clock = new ManualClock();
    var attempts = new ArrayList<Integer>();
    Retry retry = Retry.DEFAULT.withBackoff(Backoff.fixed(ms(10)));
    try (var scheduler = Scheduler.open(c -> c.withClock(clock).withCpuThreads(1))) {
      var started = new CountDownLatch(1);
      Event task =
          scheduler.submit(
              t -> t.attemptTimeout(ms(100)).retry(retry),
              () -> {
                attempts.add(attempts.size());
                if (attempts.size() == 1) {
                  started.countDown();
                  new CountDownLatch(1).await();
                }
              });
      Patience.await(started);
      clock.advance(ms(101));
      Patience.until("it backs off", () -> scheduler.stats().retried() == 1);
      Patience.until(
          "its timer is set", () -> scheduler.explain(task).phase() == TaskPhase.BACKOFF);
      Patience.until(
          "it is tried again",
          () -> {
            clock.advance(ms(11));
            return task.status() != EventStatus.PENDING;
          });
      assertThat(task.status()).isEqualTo(EventStatus.TRIGGERED);
      assertThat(attempts).hasSize(2);
    }
  }

  @Test
  @Covers("C35")
  void retry_backoff_attemptsComeAtTheirTimes() {
    var times = new ArrayList<Long>();
    Retry retry =
        Retry.DEFAULT
            .withMaxAttempts(4)
            .withBackoff(Backoff.exponential(ms(10), Duration.ofSeconds(1)));
    try (var manual = new ManualScheduler()) {
      Event task =
          manual.scheduler.submit(
              t -> t.retry(retry),
              () -> {
                times.add(manual.clock.nanos() / 1_000_000);
                throw new IllegalStateException("made up");
              });
      for (int i = 0; i < 100; i++) {
        manual.threads.runAll();
        manual.clock.advance(ms(1));
      }
      assertThat(times).hasSize(4);
      assertThat(times.getFirst()).isZero();
      assertThat(times.get(1)).isBetween(10L, 11L);
      assertThat(times.get(2) - times.get(1)).isBetween(20L, 21L);
      assertThat(times.get(3) - times.get(2)).isBetween(40L, 41L);
      assertThat(task.poison().orElseThrow().reason()).contains("made up");
      assertThat(manual.stats().retried()).isEqualTo(3);
    }
  }

  @Test
  @Covers({"C26", "C35"})
  void compensation_runsBeforeThePoisonAndWithWhatItHolds() {
    var seen = new ArrayList<String>();
    try (var manual = new ManualScheduler(c -> c.withResource("r", 1))) {
      Event[] task = new Event[1];
      task[0] =
          manual.scheduler.submit(
              t ->
                  t.needs("r", 1)
                      .locks("l")
                      .undoneBy(cause ->
                          seen.add(
                              "%s, %s, permits %s, locks %d"
                                  .formatted(
                                      cause.getMessage(),
                                      task[0].status(),
                                      manual.stats().permitsFree(),
                                      manual.stats().locksHeld()))),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.threads.runAll();
      assertThat(seen).containsExactly("made up, PENDING, permits {r=0}, locks 1");
      assertThat(task[0].status()).isEqualTo(EventStatus.POISONED);
      assertThat(manual.stats().permitsFree()).isEqualTo(Map.of("r", 1L));
    }
  }

  @Test
  @Covers("C35")
  void compensation_cancelledBetweenAttempts_undoesTheFirst() {
    var undone = new ArrayList<Throwable>();
    Retry retry = Retry.DEFAULT.withBackoff(Backoff.fixed(ms(10)));
    try (var manual = new ManualScheduler()) {
      Event task =
          manual.scheduler.submit(
              t -> t.retry(retry).undoneBy(undone::add),
              () -> {
                throw new IllegalStateException("made up");
              });
      manual.threads.runAll();
      assertThat(undone).isEmpty();
      task.poison("not wanted");
      manual.threads.runAll();
      assertThat(undone).hasSize(1);
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  void compensation_succeededOrNeverRun_isNotCalled() {
    var undone = new ArrayList<Throwable>();
    try (var manual = new ManualScheduler()) {
      manual.submit("good", t -> t.undoneBy(undone::add));
      manual.submit("cancelled", t -> t.undoneBy(undone::add)).poison("not wanted");
      manual.threads.runAll();
      assertThat(undone).isEmpty();
    }
  }

  @Test
  void call_noValue_isPoisoned() {
    try (var manual = new ManualScheduler()) {
      Promise<String> value = manual.scheduler.call(t -> t, () -> "42");
      Promise<String> none = manual.scheduler.call(t -> t.named("none"), () -> null);
      manual.threads.runAll();
      assertThat(value.stage().toCompletableFuture()).isCompletedWithValue("42");
      assertThat(none.event().poison().orElseThrow().reason()).contains("a promise needs a value");
    }
  }

  @Test
  @Covers({"C19", "W16"})
  void placements_eachOnItsOwnThreads() throws Exception {
    var names = new ArrayList<String>();
    try (var heavy = Executors.newFixedThreadPool(4, r -> new Thread(r, "heavy"));
        var scheduler = Scheduler.open(c -> c.withName("placed").withPool("heavy", heavy, 2))) {
      for (Placement placement :
          List.of(Placement.CPU, Placement.BLOCKING, Placement.CALLER, Placement.on("heavy"))) {
        Event task =
            scheduler.submit(
                t -> t.on(placement), () -> names.add(Thread.currentThread().getName()));
        assertThat(task.await(Patience.LONG)).isTrue();
      }
      assertThat(names.get(0)).startsWith("placed-cpu-");
      assertThat(names.get(1)).startsWith("placed-blocking-");
      assertThat(names.get(2)).isEqualTo(Thread.currentThread().getName());
      assertThat(names.get(3)).isEqualTo("heavy");
    }
  }

  @Test
  @Covers("W16")
  void ownPool_full_keepsTheRestAndLeavesOthersAlone() throws Exception {
    var gate = new CountDownLatch(1);
    var both = new CyclicBarrier(3);
    try (var heavy = Executors.newCachedThreadPool();
        var scheduler = Scheduler.open(c -> c.withCpuThreads(1).withPool("heavy", heavy, 2))) {
      List<Event> tasks = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int number = i;
        tasks.add(
            scheduler.submit(
                t -> t.on(Placement.on("heavy")),
                () -> {
                  if (number < 2) {
                    both.await(Patience.LONG.toSeconds(), TimeUnit.SECONDS);
                  }
                  Patience.await(gate);
                }));
      }
      both.await(Patience.LONG.toSeconds(), TimeUnit.SECONDS); // two run
      assertThat(scheduler.submit(() -> {}).await(Patience.LONG)).isTrue();
      assertThat(scheduler.stats().running()).containsEntry("heavy", 2);
      assertThat(scheduler.stats().bands().getLast().queued()).isEqualTo(3);
      gate.countDown();
      assertThat(scheduler.events().merge(tasks).await(Patience.LONG)).isTrue();
    }
  }

  @Test
  void options_unknown_areRefused() {
    try (var manual = new ManualScheduler(c -> c.withResource("r", 1))) {
      Scheduler scheduler = manual.scheduler;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scheduler.submit(t -> t.on(Placement.on("none")), () -> {}))
          .withMessageContaining("pool=\"none\"");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scheduler.submit(t -> t.needs("r", 2), () -> {}))
          .withMessageContaining("permits=2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scheduler.submit(t -> t.band(new Band(2)), () -> {}))
          .withMessageContaining("bands=2");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> scheduler.submit(t -> t.on(Placement.CALLER).key("k"), () -> {}))
          .withMessageContaining("must not have a key");
      assertThat(manual.stats().held()).isZero();
    }
  }

  private static List<String> threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && thread.getName().startsWith(name))
        .map(Thread::getName)
        .toList();
  }

  @Test
  void close_tasksInEveryPhase_cancelsAllAndLeavesNoThread() throws Exception {
    var scheduler =
        Scheduler.open(c -> c.withName("closing").withCpuThreads(2).withResource("r", 1));
    List<Event> tasks = new ArrayList<>();
    var running = new CountDownLatch(3); // one waits for the permit
    for (int i = 0; i < 2; i++) {
      tasks.add(
          scheduler.submit(
              t -> t.key("k" + running.getCount()).needs("r", 1).on(Placement.BLOCKING),
              () -> {
                running.countDown();
                new CountDownLatch(1).await();
              }));
    }
    for (int i = 0; i < 2; i++) {
      tasks.add(
          scheduler.submit(() -> {
            running.countDown();
            new CountDownLatch(1).await();
          }));
    }
    tasks.add(scheduler.submit(t -> t.after(tasks.getFirst()), () -> {}));
    Event never = scheduler.events().newEvent();
    tasks.add(scheduler.submit(t -> t.after(never).timeout(Duration.ofHours(1)), () -> {}));
    Patience.await(running);
    scheduler.close();
    scheduler.close();
    assertThat(tasks).allMatch(task -> task.status() == EventStatus.POISONED);
    assertThat(scheduler.stats().held()).isZero();
    Patience.until("its threads have ended", () -> threads("closing").isEmpty());
    assertThatIllegalStateException().isThrownBy(() -> scheduler.submit(() -> {}));
  }

  @Test
  void close_whileOthersSubmit_everyEventCompletes() throws Exception {
    for (int round = 0; round < 50; round++) {
      var scheduler = Scheduler.open(c -> c.withCpuThreads(2));
      List<Event> tasks = new ArrayList<>();
      try (var workers = new Workers()) {
        var started = new CountDownLatch(1);
        workers.start(() -> {
          try {
            while (true) {
              tasks.add(scheduler.submit(() -> {}));
              started.countDown();
            }
          } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("must be open");
          } catch (RuntimeException e) {
            assertThat(e.getClass().getSimpleName()).isEqualTo("SystemClosedException");
          }
        });
        Patience.await(started);
        scheduler.close();
      }
      for (Event task : tasks) {
        assertThat(task.status()).isNotEqualTo(EventStatus.PENDING);
      }
    }
  }
}
