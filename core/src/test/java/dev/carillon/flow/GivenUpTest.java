package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads that take no notice of interrupts are left behind, and touch nothing any more. */
@Covers({"S18", "W6"})
class GivenUpTest {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch mayLeave = new CountDownLatch(1);
  private final StepLedger ledger = new StepLedger();

  @AfterEach
  void letGo() {
    mayLeave.countDown();
  }

  private int hang() {
    begun.countDown();
    FlowLab.waitStubbornly(mayLeave);
    return 1;
  }

  /** Ends a run whose part hangs, and lets go of the thread then. */
  private void cancelAndLetGo(LocalRun<?> run) throws Exception {
    Patience.await(begun);
    run.cancel();
    assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
    ledger.assertComplete(run);
    mayLeave.countDown();
    LeakCheck.assertGatesAreEmpty(run);
    Patience.until("the late thread is back", () -> run.scheduler().stats().held() == 0);
    ledger.assertComplete(run);
  }

  @Test
  void cancel_partHangsOnTheOnlyThread_endsAndCancelsThoseBehindIt() throws Exception {
    try (var house = new LeakCheck(1)) {
      var late = new CompletableFuture<Throwable>();
      Key<Integer> key = Key.ofRun("key", Integer.class, 0);
      Cycle<Done, Done> cycle =
          Cycle.of(
              "stuck",
              c -> {
                c.partWith(
                        "hangs",
                        context -> {
                          hang();
                          try {
                            context.write(key, 1);
                            late.complete(new AssertionError("was written"));
                          } catch (IllegalStateException e) {
                            late.complete(e);
                          }
                          return 1;
                        })
                    .writes(key);
                for (int i = 0; i < 20; i++) {
                  c.act("behind" + i, () -> {});
                }
                c.anyway("end", () -> {});
              });
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      cancelAndLetGo(run);
      late.join();
      FlowLab.assertCancelled(run, "hangs");
      assertThat(run.keys().snapshot()).doesNotContainValue(1);
    }
  }

  @Test
  void cancel_othersHaveTheOnlyThread_endsWithoutIt() throws Exception {
    try (var house = new LeakCheck(1)) {
      house.scheduler.submit(this::hang);
      Patience.await(begun);
      Cycle<Done, Done> cycle = Cycle.of("waits", c -> c.act("part", () -> {}));
      cancelAndLetGo(house.start(cycle, Done.DONE, ledger));
    }
  }

  @Test
  void timeout_partHangsOnTheOnlyThread_endsAndLeavesItBehind() throws Exception {
    try (var house = new LeakCheck(1)) {
      Cycle<Done, Integer> cycle =
          Cycle.supply("slow", c -> c.part("hangs", this::hang).attempt(Duration.ofMillis(5)));
      LocalRun<Integer> run = house.start(cycle, Done.DONE, ledger);
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.ERROR);
      assertThat(run.failures().getFirst().cause()).isInstanceOf(PartTimeoutException.class);
      mayLeave.countDown();
    }
  }

  @Test
  void cancel_callersThreadHangsWithOthersBehindIt_cancelsThemToo() throws Exception {
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "callers",
              c -> {
                Out<Integer> first = c.part("first", () -> 1).on(Placement.BLOCKING);
                for (int i = 0; i < 6; i++) {
                  c.part("part" + i, x -> x + hang(), first).on(Placement.CALLER);
                }
              });
      cancelAndLetGo(house.start(cycle, Done.DONE, ledger));
    }
  }

  @Test
  void cancel_guardHangs_itsThreadGoesNoFurther() throws Exception {
    try (var house = new LeakCheck(1)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "guarded",
              c -> {
                c.act("guarded", () -> {}).when(_ -> hang() == 1);
                for (int i = 0; i < 6; i++) {
                  c.act("behind" + i, () -> {});
                }
              });
      cancelAndLetGo(house.start(cycle, Done.DONE, ledger));
    }
  }

  @Test
  void cancel_checkOfAllElementsHangs_itsThreadGoesNoFurther() throws Exception {
    try (var house = new LeakCheck(1)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "stuck",
              c -> {
                Out<List<Integer>> list = c.part("list", () -> List.of(1, 2));
                c.part(
                    "behind",
                    x -> x,
                    c.each("each", x -> x, list).validate("hangs", _ -> hang() > 0));
              });
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      cancelAndLetGo(run);
      FlowLab.assertCancelled(run, "each");
      FlowLab.assertCancelled(run, "behind");
    }
  }

  @Test
  void cancel_amongVeryManyElements_keepsTheStackFlat() throws Exception {
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "many",
              c -> {
                var numbers = IntStream.range(0, 100_000).boxed().toList();
                c.each(
                    "each",
                    i -> {
                      begun.countDown();
                      Patience.await(mayLeave);
                      return i;
                    },
                    c.part("numbers", () -> numbers));
              });
      LocalRun<Done> run = house.start(cycle, Done.DONE, ledger);
      Patience.await(begun);
      run.cancel();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      assertThat(run.failures()).isEmpty();
      ledger.assertComplete(run);
    }
  }

  @Test
  void lateWrite_isRefused() {
    Key<Integer> key = Key.ofRun("key", Integer.class, 0);
    try (var house = new LeakCheck(2)) {
      var kept = new CompletableFuture<PartContext>();
      Cycle<Done, Integer> cycle =
          Cycle.supply(
              "keeps",
              c ->
                  c.<Integer>partWith(
                          "keeps",
                          context -> {
                            kept.complete(context);
                            return 1;
                          })
                      .writes(key));
      house.start(cycle, Done.DONE, ledger).close();
      PartContext context = kept.getNow(null);
      if (context != null) { // closing may have been first
        assertThatThrownBy(() -> context.write(key, 2))
            .hasMessageContaining("writes while it runs");
      }
    }
  }

  @Test
  void cancel_partHangs_itsAttemptEndsInTheTimeline() throws Exception {
    var hanging = new AtomicInteger();
    try (var house = new LeakCheck(2)) {
      Cycle<Done, Done> cycle =
          Cycle.of(
              "traced",
              c -> {
                Out<Integer> first = c.part("first", () -> 1).on(Placement.BLOCKING);
                c.part("turn", () -> hanging.incrementAndGet() + hang());
                c.part("caller", x -> x + hanging.incrementAndGet() + hang(), first)
                    .on(Placement.CALLER);
                c.act("guarded", () -> {}).when(_ -> hanging.incrementAndGet() + hang() > 0);
              });
      var open = new ConcurrentHashMap<List<Long>, Boolean>(); // attempts
      RunProbe probe =
          new RunProbe() {
            @Override
            public void attemptBegan(int unit, int node, long iteration, int attempt) {
              open.put(List.of((long) node, iteration, (long) attempt), true);
            }

            @Override
            public void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {
              var which = List.of((long) node, iteration, (long) attempt);
              if (open.remove(which) == null) {
                open.put(which, false); // it ended twice, or had not begun
              }
            }
          };
      LocalRun<Done> run = house.start(cycle, Done.DONE, probe);
      Patience.until("all hang", () -> hanging.get() == 3);
      run.cancel();
      assertThat(LeakCheck.end(run)).isEqualTo(RunStatus.CANCELLED);
      mayLeave.countDown();
      assertThat(open).isEmpty();
    }
  }
}
