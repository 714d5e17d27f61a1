package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.assertSuccess;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.RunExplanation.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Branches and parts that have iterations of their own. */
class SyncIndependentTest {
  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  @Test
  @Covers("S23")
  void independent_branch_goesOnByItself_untilTheLoopOfTheCycleHasEnded() throws Exception {
    var rounds = new CountDownLatch(5);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  c.act("main", () -> Patience.await(rounds));
                  c.split(
                      "split",
                      Sync.independent(),
                      s -> s.branch("a", b -> b.act("round", rounds::countDown)));
                }));
    assertThat(run.iteration()).isEqualTo(2);
    assertSuccess(run, "split/a/round");
    assertThat(run.plan().part("split/a/round").loopUnit()).isEqualTo("split/a");
    assertThat(run.plan().part("main").loopUnit()).isEmpty();
  }

  @Test
  @Covers("S23")
  void independent_loopOfOneIteration_branchesRunOnce() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c ->
                c.split(
                    "split",
                    Sync.independent(),
                    s -> {
                      s.branch("a", b -> b.part("one", lab.gives("a")));
                      s.branch("b", b -> b.part("two", lab.gives("b")));
                    })));
    assertThat(lab.notes()).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  @Covers("S23")
  void independent_slackZero_noBranchBeginsBeforeAllHaveEnded() throws Exception {
    var rounds = new CountDownLatch(4);
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(2));
              c.act("main", () -> Patience.await(rounds));
              c.split(
                  "split",
                  Sync.independent(0),
                  s -> {
                    for (String name : List.of("a", "b", "c")) {
                      s.branch(
                          name,
                          b ->
                              b.partWith(
                                  "part",
                                  context -> {
                                    lab.note("" + context.iteration());
                                    if (name.equals("a")) {
                                      rounds.countDown();
                                    }
                                    return name;
                                  }));
                    }
                  });
            }));
    List<String> notes = lab.notes();
    for (int i = 0; i < 12; i++) {
      assertThat(notes.get(i)).isEqualTo("" + (i / 3 + 1));
    }
  }

  @Test
  @Covers({"S23", "S41"})
  void independent_reader_waitsForAFirstValue_andThenTakesTheLatest() throws Exception {
    var mayGive = new CountDownLatch(1);
    var given = new AtomicLong();
    Run<Done> run =
        lab.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3));
                  var parts = new ArrayList<Out<Long>>();
                  c.split(
                      "split",
                      Sync.independent(),
                      s ->
                          s.branch(
                              "a",
                              b ->
                                  parts.add(
                                      b.partWith(
                                          "value",
                                          context -> {
                                            Patience.await(mayGive);
                                            given.set(context.iteration());
                                            return context.iteration();
                                          }))));
                  var reader =
                      c.partWith(
                          "reader",
                          (context, value) -> {
                            lab.note("read");
                            assertThat(value).isBetween(1L, given.get());
                            long before = given.get();
                            Patience.until("it comes on", () -> given.get() > before);
                            return value;
                          },
                          parts.getFirst());
                  c.act("last", _ -> lab.note("last"), reader);
                }));
    FlowLab.until(run, "split/a/value", Phase.RUNNING);
    Patience.until("input is there", () -> FlowLab.now(run, "reader").phase() != Phase.ENDED);
    assertThat(lab.notes()).isEmpty();
    mayGive.countDown();
    FlowLab.ended(run);
    assertThat(run.failures()).isEmpty();
    assertThat(lab.notes()).containsExactly("read", "last", "read", "last", "read", "last");
  }

  @Test
  @Covers("S23")
  void independent_underAPartThatFails_isSkippedOnce() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3));
                  var bad = c.<String>part("bad", lab.fails("bad")).onError(OnError.skip());
                  c.split(
                          "split",
                          Sync.independent(),
                          s -> s.branch("a", b -> b.part("part", lab.gives("part"))))
                      .under(bad);
                }));
    assertThat(lab.notes()).containsExactly("bad", "bad", "bad");
    assertSkipped(run, "split/a/part", Outcome.Why.UPSTREAM);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers("S23")
  void independent_inABranchWhoseGuardSaysNo_readersThereAreSkipped_andWaitForNothing()
      throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  c.branch(
                          "guarded",
                          g -> {
                            var parts = new ArrayList<Out<String>>();
                            g.split(
                                "split",
                                Sync.independent(),
                                s ->
                                    s.branch("a", b -> parts.add(b.part("gives", lab.gives("a")))));
                            g.part("reader", lab.takes("reader"), parts.getFirst());
                            g.branch("in", i -> i.part("deep", lab.takes("deep"), parts.getFirst()))
                                .when(_ -> true);
                          })
                      .when(_ -> false);
                }));
    assertThat(lab.notes()).isEmpty();
    assertSkipped(run, "guarded/reader", Outcome.Why.UPSTREAM);
    assertSkipped(run, "guarded/in/deep", Outcome.Why.UPSTREAM);
    assertThat(run.iteration()).isEqualTo(2);
  }

  @Test
  @Covers("S23")
  void independent_guardAroundAReader_holdsInEachIteration_thoughAValueIsThere() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  c.branch(
                          "guarded",
                          g -> {
                            var parts = new ArrayList<Out<String>>();
                            g.split(
                                "split",
                                Sync.independent(),
                                s -> s.branch("a", b -> parts.add(b.part("gives", () -> "a"))));
                            g.part("reader", lab.takes("reader"), parts.getFirst());
                          })
                      .when(view -> view.iteration() == 1);
                }));
    assertThat(lab.notes()).containsExactly("reader of a");
    assertSkipped(run, "guarded/reader", Outcome.Why.UPSTREAM);
  }

  @Test
  @Covers("S23")
  void independent_branchThatCannotBeginInAnIteration_isNotWaitedForInThat() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(3));
                  Out<Long> source =
                      c.partWith("source", PartContext::iteration).when(v -> v.iteration() == 2);
                  var parts = new ArrayList<Out<Long>>();
                  c.split(
                          "split",
                          Sync.independent(),
                          s -> s.branch("a", b -> parts.add(b.part("gives", x -> x, source))))
                      .when(view -> view.iteration() == 2);
                  c.split(
                      "next",
                      Sync.independent(),
                      s ->
                          s.branch("b", b -> parts.add(b.part("gives", x -> x, parts.getFirst()))));
                  c.partWith(
                      "reader", (context, x) -> noted(context.iteration(), x), parts.getLast());
                }));
    assertThat(lab.notes()).containsExactly("2 has 2", "3 has 2");
    assertThat(run.iteration()).isEqualTo(3);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  /** Runs a cycle with a part that takes values of two branches, of which neither gives one. */
  private Run<Done> readTwo(
      boolean isSpinningFirst, Function<Definition<Done>, Consumer<Split>> addOther)
      throws InterruptedException {
    return lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(2));
              Consumer<Split> other = addOther.apply(c);
              var wires = new ArrayList<Out<String>>();
              c.split(
                  "other",
                  Sync.independent(),
                  s -> {
                    other.accept(s);
                    s.branch("a", b -> wires.add(b.part("value", lab.fails("a"))));
                  });
              c.split(
                  "spinning",
                  Sync.independent(),
                  s ->
                      s.branch(
                          "b",
                          b ->
                              wires.add(
                                  b.<String>part("value", lab.fails("b"))
                                      .onError(OnError.skip()))));
              c.part(
                  "reader",
                  (x, y) -> x + y,
                  wires.get(isSpinningFirst ? 1 : 0),
                  wires.get(isSpinningFirst ? 0 : 1));
            }));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Covers("S23")
  void independent_oneBranchHasEndedWithoutAValue_whoTakesItWaitsForNoOther(boolean isOtherLast)
      throws Exception {
    Run<Done> run = readTwo(isOtherLast, _ -> _ -> {});
    assertSkipped(run, "reader", Outcome.Why.UPSTREAM);
    assertThat(run.iteration()).isEqualTo(2);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Covers("S23")
  void independent_oneBranchCannotBegin_whoTakesItWaitsForNoOtherInThatIteration(
      boolean isOtherLast) throws Exception {
    Run<Done> run =
        readTwo(
            isOtherLast,
            c -> {
              var bad = c.<String>part("bad", lab.fails("bad")).onError(OnError.skip());
              return split -> split.under(bad);
            });
    assertSkipped(run, "reader", Outcome.Why.UPSTREAM);
    assertThat(run.iteration()).isEqualTo(2);
    assertThat(lab.count("bad")).isEqualTo(2);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  private long noted(long iteration, long value) {
    lab.note(iteration + " has " + value);
    return value;
  }

  @Test
  @Covers({"S23", "S27"})
  void independent_wholeCycle_eachBranchAndPartHasIterationsOfItsOwn() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(4)).sync(Sync.independent());
                  var source =
                      c.partWith(
                          "source",
                          context -> {
                            lab.note("source");
                            return context.iteration();
                          });
                  c.act("sink", _ -> lab.note("sink"), source);
                  c.branch(
                      "branch",
                      b -> {
                        var one = b.partWith("one", PartContext::iteration);
                        b.partWith(
                            "two",
                            (context, k) -> {
                              assertThat(k).isEqualTo(context.iteration());
                              lab.note("two");
                              return k;
                            },
                            one);
                      });
                }));
    assertThat(run.failures()).isEmpty();
    for (String part : List.of("source", "sink", "two")) {
      assertThat(lab.count(part)).as(part).isEqualTo(4);
    }
    assertThat(run.plan().parts().stream().map(PlannedPart::loopUnit).distinct().toList())
        .contains("source", "sink", "branch");
  }

  @Test
  @Covers("S27")
  void override_between_theCyclesReplacesThatOfItsSplits_andThePlanSaysSo() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3)).sync(Sync.parallel().barrier());
              c.split(
                  "split",
                  Sync.independent(),
                  s -> s.branch("a", b -> b.part("part", lab.gives("part"))));
              c.part("main", lab.gives("main"));
            });
    lab.finish(cycle);
    assertThat(lab.count("part")).isEqualTo(3);
    assertThat(cycle.plan().overridden())
        .singleElement()
        .satisfies(overridden -> {
          assertThat(overridden.split()).isEqualTo("split");
          assertThat(overridden.axis()).isEqualTo("between");
        });
  }
}
