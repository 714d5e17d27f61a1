package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.RunExplanation.Phase;
import dev.carillon.function.Fn0;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Conditions, and limits of how many parts run at once. */
class SyncGateTest {
  private final FlowLab lab = new FlowLab();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── conditions ──

  @Test
  @Covers("S25")
  void when_no_isSkippedWithWhatDependsOnIt() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var part = c.part("part", lab.gives("part")).when(_ -> false);
                  c.part("next", lab.takes("next"), part);
                  c.part("other", lab.gives("other")).after(part);
                }));
    assertSkipped(run, "part", Outcome.Why.CONDITION);
    assertSkipped(run, "next", Outcome.Why.UPSTREAM);
    assertThat(lab.notes()).containsExactly("other");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S25")
  void when_several_mustAllSayYes_andSeeWhatIsCommitted() throws Exception {
    var key = Key.ofRun("key", Integer.class, 0);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(4));
                  var writer =
                      c.partWith(
                              "writer",
                              context -> {
                                context.write(key, (int) context.iteration());
                                return context.iteration();
                              })
                          .writes(key);
                  c.partWith(
                          "part",
                          context -> {
                            lab.note("" + context.iteration());
                            return "part";
                          })
                      .after(writer)
                      .when(view -> view.read(key) >= 2)
                      .when(view -> view.peek(writer).orElseThrow() % 2 == 0);
                }));
    assertThat(lab.notes()).containsExactly("2", "4");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S25")
  void when_everyN_saysYesInTheFirstAndEachNthAfter() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(7));
              c.partWith(
                      "part",
                      context -> {
                        lab.note("" + context.iteration());
                        return "part";
                      })
                  .when(Guard.every(3));
            }));
    assertThat(lab.notes()).containsExactly("1", "4", "7");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Guard.every(0))
        .withMessageContaining("n=0");
  }

  @Test
  @Covers("S25")
  void when_throws_isTheFailureOfThePart_andNotRetried() throws Exception {
    var asked = new AtomicInteger();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", lab.gives("part"))
                        .onError(OnError.retry(atOnce(5)))
                        .when(_ -> {
                          asked.incrementAndGet();
                          throw new Broken("guard");
                        })));
    assertThat(asked).hasValue(1);
    assertFailed(run, "part");
    assertThat(outcome(run, "part").failure().orElseThrow()).hasMessage("guard");
    assertThat(lab.notes()).isEmpty();
  }

  @Test
  @Covers("S25")
  void when_ofABranch_isAskedOnceForAllOfIt_andAfterWhatItIsUnder() throws Exception {
    var asked = new AtomicInteger();
    var isSourceDone = new AtomicBoolean();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  var source = c.act("source", () -> isSourceDone.set(true));
                  c.branch(
                          "branch",
                          b -> {
                            b.part("one", lab.gives("one"));
                            b.part("two", lab.gives("two"));
                          })
                      .under(source)
                      .when(view -> {
                        assertThat(isSourceDone).isTrue();
                        asked.incrementAndGet();
                        return view.iteration() == 2;
                      });
                }));
    assertThat(run.failures()).isEmpty();
    assertThat(asked).hasValue(2);
    assertThat(lab.notes()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  @Covers("S25")
  void when_ofASplitSaysNo_allItsBranchesAreSkipped() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.split(
                            "split",
                            Sync.parallel(),
                            s -> {
                              s.branch("a", b -> b.part("one", lab.gives("one")));
                              s.branch("b", b -> b.part("two", lab.gives("two")));
                            })
                        .when(_ -> false)));
    assertThat(lab.notes()).isEmpty();
    assertThat(outcome(run, "split/a/one")).isInstanceOf(Outcome.Skipped.class);
    assertThat(outcome(run, "split/b/two")).isInstanceOf(Outcome.Skipped.class);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  // ── limits ──

  /** {@return work that notes how many run with it} */
  private Fn0<String> counted(String what) {
    return () -> {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      lab.note(what);
      running.decrementAndGet();
      return what;
    };
  }

  @Test
  @Covers("S26")
  void maxConcurrent_two_twoMeetAndNeverMore() throws Exception {
    var both = new CountDownLatch(2);
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.parallel().maxConcurrent(2));
              for (int i = 0; i < 12; i++) {
                c.part(
                    "part" + i,
                    () -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      both.countDown();
                      Patience.await(both);
                      running.decrementAndGet();
                      return "part";
                    });
              }
            }));
    assertThat(most).hasValue(2);
  }

  @Test
  @Covers("S26")
  void maxConcurrent_whoWaits_isToldOf_andGoesOnWhenOneHasEnded() throws Exception {
    var begun = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  var go = c.act("go", () -> Patience.await(begun));
                  c.branch(
                      "limited",
                      b -> {
                        b.sync(Sync.parallel().maxConcurrent(1));
                        b.act(
                            "first",
                            () -> {
                              begun.countDown();
                              Patience.await(mayEnd);
                            });
                        b.branch("inner", d -> d.part("second", lab.gives("second")).after(go));
                      });
                }));
    Patience.await(begun);
    FlowLab.until(run, "limited/inner/second", Phase.QUEUED);
    assertThat(FlowLab.now(run, "limited/inner/second").why())
        .anyMatch(line -> line.contains("limited"));
    mayEnd.countDown();
    FlowLab.ended(run);
    assertSuccess(run, "limited/inner/second");
  }

  @Test
  @Covers({"S26", "S27"})
  void maxConcurrent_ofSplitAndCycle_bothHold() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.parallel().maxConcurrent(3));
              c.split(
                  "split",
                  Sync.INHERITED.maxConcurrent(1),
                  s -> {
                    for (int i = 0; i < 5; i++) {
                      s.branch("b" + i, b -> b.part("part", counted("inner")));
                    }
                  });
              for (int i = 0; i < 3; i++) {
                c.part("outer" + i, lab.gives("outer"));
              }
            }));
    assertThat(most).as("in the split").hasValue(1);
    assertThat(lab.count("inner")).isEqualTo(5);
    assertThat(lab.count("outer")).isEqualTo(3);
  }

  @Test
  @Covers({"S25", "S26", "S27"})
  void override_order_leavesGatesAndGuardsAlone() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.parallel());
              c.split(
                      "split",
                      Sync.sequential().maxConcurrent(1),
                      s -> {
                        for (int i = 0; i < 6; i++) {
                          s.branch("b" + i, b -> b.part("part", counted("part")));
                        }
                        s.branch("none", b -> b.part("part", counted("none")).when(_ -> false));
                      })
                  .when(_ -> true);
            });
    lab.finish(cycle);
    assertThat(cycle.plan().overridden()).hasSize(1);
    assertThat(most).hasValue(1);
    assertThat(lab.count("part")).isEqualTo(6);
    assertThat(lab.count("none")).isZero();
  }

  @Test
  @Covers("S26")
  void sync_badLimits_areRefusedWithTheValue() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sync.parallel().maxConcurrent(0))
        .withMessageContaining("limit=0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sync.parallel().rate(0, Duration.ofSeconds(1)))
        .withMessageContaining("permits=0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sync.parallel().pipelined(0))
        .withMessageContaining("distance=0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Sync.independent(-1))
        .withMessageContaining("slack=-1");
  }

  @Test
  @Covers("S26")
  void each_underALimit_elementsPassTheGateEachByItself() throws Exception {
    Run<List<Integer>> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  c.sync(Sync.parallel().maxConcurrent(2));
                  var numbers = c.part("numbers", () -> List.of(1, 2, 3, 4, 5, 6, 7, 8));
                  return c.each(
                      "square",
                      (Integer n) -> {
                        counted("square").call();
                        return n * n;
                      },
                      numbers);
                }));
    assertThat(run.output()).contains(List.of(1, 4, 9, 16, 25, 36, 49, 64));
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }
}
