package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A scheduler that does not take what a run gives it: the run ends, and says why. */
@Covers("S18")
class RefusalTest {
  private final StepLedger ledger = new StepLedger();
  private final CountDownLatch begun = new CountDownLatch(1);

  private Cycle<Done, Done> sleeper(Placement where) {
    return Cycle.of(
        "sleeper",
        c -> {
          Out<Integer> first =
              c.<Integer>part(
                      "sleeps",
                      () -> {
                        begun.countDown();
                        Patience.await(new CountDownLatch(1));
                        return 1;
                      })
                  .on(where);
          c.part("then", x -> x, first).on(where);
          c.anyway("end", () -> {});
        });
  }

  private static void assertSays(Run<?> run, String why) {
    assertThat(run.failures())
        .anySatisfy(failure -> assertThat(failure.cause()).hasMessageContaining(why));
  }

  @Test
  void run_schedulerIsFull_endsCancelled() throws Exception {
    try (var house = new LeakCheck(c -> c.withCpuThreads(2).withCapacity(1))) {
      Event other = house.scheduler.submit(() -> Patience.await(begun));
      Cycle<Done, Done> cycle = Cycle.of("full", c -> c.act("part", () -> {}));
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      assertSays(run, "capacity");
      ledger.assertComplete(run);
      begun.countDown();
      other.await();
    }
  }

  @Test
  void run_noRoomForAPartOfItsOwn_endsCancelled() throws Exception {
    try (var house = new LeakCheck(c -> c.withCpuThreads(2).withCapacity(1))) {
      Cycle<Done, Done> cycle =
          Cycle.of("full", c -> c.act("part", () -> {}).on(Placement.BLOCKING));
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      assertSays(run, "capacity");
      ledger.assertComplete(run);
    }
  }

  @Test
  void run_schedulerIsClosedMeanwhile_endsAndSaysSo() throws Exception {
    for (Placement where : new Placement[] {Placement.CPU, Placement.BLOCKING}) {
      var run = closedWhileAtWork(where);
      assertThat(run.status()).isGreaterThanOrEqualTo(RunStatus.ERROR);
      assertThat(run.failures()).isNotEmpty();
    }
  }

  private Run<Done> closedWhileAtWork(Placement where) throws Exception {
    var steps = new StepLedger();
    try (var house = new LeakCheck(2)) {
      LocalRun<Done> run = house.start(sleeper(where), Done.DONE, steps);
      Patience.await(begun);
      house.scheduler.close();
      LeakCheck.end(run);
      steps.assertComplete(run);
      return run;
    }
  }

  @Test
  void run_schedulerIsClosedBetweenIterations_canBeClosed() throws Exception {
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of("hourly", c -> c.loop(Loop.every(Duration.ofHours(1))).act("part", () -> {}));
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      Patience.until("the first is over", () -> run.unit(0).iterations.ended() == 1);
      house.scheduler.close();
      run.close();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      ledger.assertComplete(run);
    }
  }

  @Test
  void run_eventSystemIsShutDown_endsAndCanBeWaitedFor() throws Exception {
    EventSystem events = EventSystem.create();
    try (var scheduler = Scheduler.open(events, c -> c.withGrace(LeakCheck.GRACE));
        var flow = (LocalFlow) Flow.on(scheduler)) {
      LocalRun<Done> run =
          flow.start(sleeper(Placement.BLOCKING), Done.DONE, RunOptions.DEFAULT, ledger);
      Patience.await(begun);
      events.shutdown("by the test");
      run.cancel();
      run.await();
      assertThat(run.isOver()).isTrue();
      ledger.assertComplete(run);
    } finally {
      events.close();
    }
  }

  @Test
  void run_executorRefuses_canBeCancelled() throws Exception {
    var isOpen = new AtomicBoolean();
    Executor refuses =
        turn -> {
          if (!isOpen.get()) {
            throw new RejectedExecutionException("by the test");
          }
          Thread.ofVirtual().start(turn);
        };
    try (var house = new LeakCheck(c -> c.withCpuThreads(1).withCpuExecutor(refuses))) {
      LocalRun<Done> run = house.start(sleeper(Placement.CPU), Done.DONE, ledger);
      run.cancel();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      ledger.assertComplete(run);
      isOpen.set(true); // so that the scheduler can clear what was taken back
    }
  }

  @Test
  void run_executorRefusesAtFirst_goesOnWhenItDoesNot() throws Exception {
    var asked = new AtomicInteger();
    Executor refusesAtFirst =
        turn -> {
          if (asked.incrementAndGet() < 4) {
            throw new RejectedExecutionException("by the test");
          }
          Thread.ofVirtual().start(turn);
        };
    try (var house = new LeakCheck(c -> c.withCpuThreads(1).withPool("own", refusesAtFirst, 1))) {
      Cycle<Done, Done> cycle =
          Cycle.of("patient", c -> c.act("part", () -> {}).on(Placement.on("own")));
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.OK);
      ledger.assertComplete(run);
    }
  }

  @Test
  void run_executorFails_isTheFailureOfThePart() throws Exception {
    var isBroken = new AtomicBoolean(true);
    Executor fails =
        turn -> {
          if (isBroken.get()) {
            throw new IllegalStateException("the executor is broken");
          }
          Thread.ofVirtual().start(turn);
        };
    try (var house = new LeakCheck(c -> c.withCpuThreads(2).withPool("own", fails, 1))) {
      Cycle<Done, Done> cycle =
          Cycle.of("broken", c -> c.act("part", () -> {}).on(Placement.on("own")));
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.ERROR);
      assertSays(run, "the executor is broken");
      ledger.assertComplete(run);
      isBroken.set(false);
      house.scheduler.submit(t -> t.on(Placement.on("own")), () -> {}).await(); // behind the part
    }
  }

  @Test
  void run_tasksArePoisonedByOthers_ends() throws Exception {
    for (Placement where : new Placement[] {Placement.CPU, Placement.BLOCKING}) {
      var steps = new StepLedger();
      try (var house = new LeakCheck(2)) {
        LocalRun<Done> run = house.start(sleeper(where), Done.DONE, steps);
        Patience.await(begun);
        for (Event event : house.scheduler.events().pendingOlderThan(Duration.ZERO)) {
          if (!event.equals(run.ended())) {
            event.tryPoison("by others");
          }
        }
        assertThat(LeakCheck.end(run)).isGreaterThanOrEqualTo(RunStatus.ERROR);
        steps.assertComplete(run);
      }
    }
  }

  @Test
  void run_schedulerIsClosedBeforeItNeedsAThread_isCancelledAndSaysWhy() throws Exception {
    try (var house = new LeakCheck(2)) {
      Event gate = house.scheduler.events().newEvent("gate");
      Cycle<Done, Done> cycle = Cycle.of("late", c -> c.act("part", () -> {}));
      LocalRun<Done> run =
          house.flow.start(cycle, Done.DONE, RunOptions.DEFAULT.after(gate), ledger);
      house.scheduler.close();
      gate.tryTrigger();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      assertThat(run.failures())
          .extracting(PartFailure::part, PartFailure::severity)
          .contains(tuple(run.name(), RunStatus.CANCELLED));
      ledger.assertComplete(run);
    }
  }

  @Test
  void run_noRoomForAPartWithADefault_isCancelledAllTheSame() throws Exception {
    try (var house = new LeakCheck(c -> c.withCpuThreads(1).withCapacity(1))) {
      Cycle<Done, Integer> cycle =
          Cycle.supply(
              "full",
              c -> c.part("part", () -> 1).on(Placement.BLOCKING).onError(OnError.fallback(2)));
      LocalRun<Integer> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      assertThat(run.output()).isEmpty();
      assertThat(run.failures()).extracting(PartFailure::part).containsExactly(run.name());
      ledger.assertComplete(run);
    }
  }
}
