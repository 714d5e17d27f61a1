package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is called between and after iterations cannot keep a run that is cancelled from ending. */
@Covers({"S18", "W6"})
class CleanupTest {
  private static final Duration CLEANUP = Duration.ofMillis(250);

  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayLeave = new CountDownLatch(1);
  private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
  private final StepLedger ledger = new StepLedger();
  private LeakCheck house;

  @BeforeEach
  void open() {
    house = new LeakCheck(c -> c.withCpuThreads(1), c -> c.withCleanup(CLEANUP));
  }

  @AfterEach
  void close() {
    mayLeave.countDown();
    house.close();
  }

  private void hang() {
    begun.countDown();
    FlowLab.waitStubbornly(mayLeave);
    done.add("late");
  }

  private LocalRun<?> cancelled(Cycle<Done, ?> cycle) throws Exception {
    LocalRun<?> run = house.start(cycle, Done.DONE, ledger);
    Patience.await(begun);
    run.cancel();
    assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
    return run;
  }

  /** Lets go of the thread that hangs, and looks whether it touches anything. */
  private void letGo(LocalRun<?> run) throws Exception {
    ledger.assertComplete(run);
    RunStatus status = run.status();
    long failures = run.failureCount();
    mayLeave.countDown();
    Patience.until("the late thread is back", () -> run.scheduler().stats().held() == 0);
    ledger.assertComplete(run);
    assertThat(run.status()).isEqualTo(status);
    assertThat(run.failureCount()).isEqualTo(failures);
  }

  @Test
  void cancel_untilWaits_isInterrupted() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "loops",
            c -> {
              c.loop(
                  Loop.forever()
                      .until(_ -> {
                        begun.countDown();
                        mayLeave.await();
                        return false;
                      }));
              c.act("part", () -> done.add("part"));
            });
    LocalRun<?> run = cancelled(cycle);
    assertThat(run.failures()).isEmpty();
    assertThat(run.iteration()).isEqualTo(1);
    letGo(run);
  }

  @Test
  void cancel_untilHangs_endsAndRunsTheFinalisers() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "loops",
            c -> {
              c.loop(
                  Loop.forever()
                      .until(_ -> {
                        hang();
                        return false;
                      }));
              c.act("part", () -> done.add("part"));
              c.anyway("end", () -> done.add("end"));
            });
    LocalRun<?> run = cancelled(cycle);
    assertThat(done).containsExactly("part", "end");
    assertThat(run.failures()).isEmpty();
    letGo(run);
    assertThat(done).containsExactly("part", "end", "late");
  }

  @Test
  void cancel_checkOfTheValueHangs_ends() throws Exception {
    Cycle<Done, Integer> cycle =
        Cycle.supply(
            "checked",
            c ->
                c.part("part", () -> 1)
                    .checked(
                        "hangs",
                        _ -> {
                          hang();
                          return true;
                        }));
    LocalRun<?> run = cancelled(cycle);
    letGo(run);
    assertThat(run.output()).isEmpty();
  }

  @Test
  void cancel_undoHangs_theOthersAreUndone() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "undoes",
            c -> {
              c.undoOnFailure();
              var first = c.part("first", () -> 1).undoneBy(_ -> done.add("undo first"));
              var second = c.part("second", x -> x, first).undoneBy(_ -> hang());
              var third = c.part("third", x -> x, second).undoneBy(_ -> done.add("undo third"));
              c.act(
                  "fails",
                  _ -> {
                    throw new FlowLab.Broken("fails");
                  },
                  third);
              c.anyway("end", () -> done.add("end"));
            });
    LocalRun<?> run = house.start(cycle, Done.DONE, ledger);
    Patience.await(begun);
    Patience.until("it says so", () -> run.explain().state().startsWith("undoes second for "));
    run.cancel();
    assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
    assertThat(done).containsExactly("undo third", "undo first", "end");
    assertThat(run.failures()).extracting(PartFailure::part).containsExactly("second", "fails");
    assertThat(run.failures().getFirst().cause())
        .isInstanceOf(PartTimeoutException.class)
        .hasMessageContaining("cleanup=PT0.25S");
    letGo(run);
  }

  @Test
  void cancel_finaliserHangs_theOthersAreRun() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "ends",
            c -> {
              c.loop(Loop.forever());
              c.act("part", begun::countDown);
              c.anyway("last", () -> done.add("last"));
              c.anyway("hangs", this::hang);
              c.anyway("first", () -> done.add("first"));
            });
    LocalRun<?> run = cancelled(cycle);
    assertThat(done).containsExactly("first", "last");
    assertThat(run.failures()).extracting(PartFailure::part).containsExactly("hangs");
    assertThat(run.failures().getFirst().cause()).isInstanceOf(PartTimeoutException.class);
    letGo(run);
  }

  @Test
  void close_finaliserOfARunThatHasNotFailedHangs_ends() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "ends",
            c -> {
              c.act("part", () -> {});
              c.anyway("last", () -> done.add("last"));
              c.anyway("hangs", this::hang);
            });
    LocalRun<?> run = house.start(cycle, Done.DONE, ledger);
    Patience.await(begun);
    Patience.until(
        "it says so", () -> run.explain().state().startsWith("runs the finaliser hangs for "));
    run.close();
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(done).containsExactly("last");
    letGo(run);
  }

  @Test
  void cancel_cleaningUpTakesManyGraces_isNotInterrupted() throws Exception {
    house.close();
    house = new LeakCheck(c -> c.withCpuThreads(1), c -> c.withCleanup(Patience.LONG));
    Cycle<Done, Done> cycle =
        Cycle.of(
            "slow",
            c -> {
              c.undoOnFailure();
              var part = c.part("part", () -> 1).undoneBy(_ -> takeLong("undo"));
              c.act(
                  "waits",
                  _ -> {
                    begun.countDown();
                    try {
                      mayLeave.await();
                    } catch (InterruptedException e) {
                      throw new FlowLab.Broken("interrupted");
                    }
                  },
                  part);
              c.anyway("end", () -> takeLong("end"));
            });
    LocalRun<?> run = cancelled(cycle);
    assertThat(done).containsExactly("undo", "end");
    assertThat(run.failures()).isEmpty();
    letGo(run);
  }

  /** Takes as long as a run that is cancelled is looked after several times. */
  private void takeLong(String what) {
    var later = new CountDownLatch(1);
    house.flow.timers().schedule(LeakCheck.GRACE.multipliedBy(5), later::countDown);
    try {
      Patience.await(later);
      done.add(what);
    } catch (InterruptedException e) {
      done.add(what + " was interrupted");
    }
  }

  @Test
  void cancel_inTheLastUndoInAPipeline_laterIterationsAreSettled() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "pipe",
            c -> {
              c.sync(Sync.parallel().pipelined(2));
              c.loop(
                  Loop.forever()
                      .afterFailure(Loop.AfterFailure.goOn(Backoff.fixed(Duration.ZERO))));
              c.undoOnFailure();
              var first = c.part("first", () -> 1).undoneBy(_ -> hang());
              c.act(
                  "fails",
                  _ -> {
                    throw new FlowLab.Broken("fails");
                  },
                  first);
            });
    LocalRun<?> run = cancelled(cycle);
    assertThat(run.failures()).extracting(PartFailure::part).contains("first", "fails");
    letGo(run);
    assertThat(List.copyOf(done)).contains("late");
  }
}
