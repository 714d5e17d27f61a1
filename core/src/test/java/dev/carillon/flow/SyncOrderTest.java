package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertSuccess;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.function.Fn0;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of parts within an iteration: parallel, sequential, by level, nested, overridden. */
class SyncOrderTest {
  private final FlowLab lab = new FlowLab();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  /** {@return work that notes when it begins, and how many run then} */
  private Fn0<String> counted(String what) {
    return () -> {
      mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
      lab.note(what);
      running.decrementAndGet();
      return what;
    };
  }

  // ── parallel ──

  @Test
  @Covers("S21")
  void parallel_asManyPartsAsThreads_runAtOnce() throws Exception {
    var all = new CountDownLatch(FlowLab.THREADS);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  for (int i = 0; i < FlowLab.THREADS; i++) {
                    c.part("part" + i, lab.meets(all, "part" + i));
                  }
                }));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(lab.notes()).hasSize(FlowLab.THREADS);
  }

  @Test
  @Covers("S21")
  void parallel_branchesRunAtOnce_andEachIsInTheOrderOfItsWires() throws Exception {
    var firsts = new CountDownLatch(2);
    var seconds = new CountDownLatch(2);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.split(
                        "split",
                        Sync.parallel(),
                        s -> {
                          for (String name : List.of("a", "b")) {
                            s.branch(
                                name,
                                b -> {
                                  var first = b.part("first", lab.meets(firsts, "first"));
                                  b.part("second", _ -> lab.meets(seconds, "second").call(), first);
                                });
                          }
                        })));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(lab.notes()).containsExactly("first", "first", "second", "second");
  }

  @Test
  @Covers("S21")
  void parallel_aDeepPartDoesNotWaitForItsLevel() throws Exception {
    var deepIsDone = new CountDownLatch(1);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.act("slow", () -> Patience.await(deepIsDone));
                  c.act("deep", _ -> deepIsDone.countDown(), c.part("first", lab.gives("first")));
                }));
    assertSuccess(run, "slow");
  }

  // ── level ──

  @Test
  @Covers("S20")
  void level_nothingDeeperBeginsBeforeAllOfALevelHaveEnded() throws Exception {
    var together = new CountDownLatch(3);
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.level());
                  var heads = new ArrayList<Out<String>>();
                  for (int i = 0; i < 3; i++) {
                    heads.add(c.part("head" + i, lab.meets(together, "head")));
                  }
                  var middle = c.part("middle", _ -> lab.gives("middle").call(), heads.get(0));
                  c.part("middle2", _ -> lab.gives("middle").call(), heads.get(1));
                  c.part("deep", _ -> lab.gives("deep").call(), middle);
                }));
    assertThat(lab.notes()).containsExactly("head", "head", "head", "middle", "middle", "deep");
    assertThat(run.plan().part("deep").level()).isEqualTo(3);
    assertThat(run.plan().part("middle2").position()).isEqualTo(2);
  }

  @Test
  @Covers("S20")
  void level_eachIterationHasItsOwnBarriers() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3)).sync(Sync.level());
              var head = c.part("head", lab.gives("head"));
              c.part("other", lab.gives("head"));
              c.part("deep", _ -> lab.gives("deep").call(), head);
            }));
    assertThat(lab.notes())
        .containsExactly("head", "head", "deep", "head", "head", "deep", "head", "head", "deep");
  }

  // ── sequential ──

  @Test
  @Covers("S22")
  void sequential_partsAndBranches_oneAfterAnotherInTheOrderOfTheirAddition() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.sequential());
              c.part("a", counted("a"));
              c.branch(
                  "branch",
                  b -> {
                    b.part("b", counted("b"));
                    b.part("c", counted("c"));
                  });
              c.split(
                  "split",
                  Sync.INHERITED,
                  s -> {
                    s.branch("x", b -> b.part("d", counted("d")));
                    s.branch("y", b -> b.part("e", counted("e")));
                  });
              c.part("f", counted("f"));
            }));
    assertThat(lab.notes()).containsExactly("a", "b", "c", "d", "e", "f");
    assertThat(mostAtOnce).hasValue(1);
  }

  @Test
  @Covers("S22")
  void sequential_split_oneBranchIsOverBeforeTheNextBegins() throws Exception {
    var both = new CountDownLatch(2);
    lab.finish(
        Cycle.of(
            "cycle",
            c ->
                c.split(
                    "split",
                    Sync.sequential(),
                    s -> {
                      s.branch(
                          "a",
                          b -> {
                            b.sync(Sync.parallel());
                            b.part("one", lab.meets(both, "a"));
                            b.part("two", lab.meets(both, "a"));
                          });
                      s.branch("b", b -> b.part("three", lab.gives("b")));
                    })));
    assertThat(lab.notes()).containsExactly("a", "a", "b");
  }

  @Test
  @Covers({"S19", "S22"})
  void sequential_wireAgainstTheOrder_isRefusedWithTheCircle() {
    assertThatExceptionOfType(PlanException.class)
        .isThrownBy(() ->
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.sequential());
                  var later = new ArrayList<Out<String>>();
                  var first = c.part("first", lab.gives("first"));
                  later.add(c.part("second", lab.gives("second")));
                  first.after(later.getFirst());
                }))
        .withMessageContaining("first")
        .withMessageContaining("second");
  }

  // ── nested, overridden ──

  @Test
  @Covers({"S20", "S21", "S22"})
  void nested_theInnerSettingGovernsWhatIsInIt() throws Exception {
    var both = new CountDownLatch(2);
    lab.finish(
        Cycle.of(
            "cycle",
            c ->
                c.split(
                    "outer",
                    Sync.sequential(),
                    s -> {
                      s.branch(
                          "a",
                          b ->
                              b.split(
                                  "inner",
                                  Sync.parallel(),
                                  t -> {
                                    t.branch("x", d -> d.part("p", lab.meets(both, "inner")));
                                    t.branch("y", d -> d.part("p", lab.meets(both, "inner")));
                                  }));
                      s.branch(
                          "b",
                          b -> {
                            b.sync(Sync.level());
                            var head = b.part("head", lab.gives("head"));
                            b.part("deep", _ -> lab.gives("deep").call(), head);
                            b.part("head2", lab.gives("head"));
                          });
                      s.branch("c", b -> b.part("last", lab.gives("last")));
                    })));
    assertThat(lab.notes()).containsExactly("inner", "inner", "head", "head", "deep", "last");
  }

  @Test
  @Covers("S27")
  void override_order_theCyclesReplacesThatOfItsSplits_andThePlanSaysSo() throws Exception {
    Cycle<Done, Done> cycle =
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.sequential());
              c.split(
                  "split",
                  Sync.parallel(),
                  s -> {
                    s.branch("a", b -> b.part("one", counted("a")));
                    s.branch("b", b -> b.part("two", counted("b")));
                    s.branch("c", b -> b.part("three", counted("c")));
                  });
            });
    lab.finish(cycle);
    assertThat(lab.notes()).containsExactly("a", "b", "c");
    assertThat(cycle.plan().overridden())
        .singleElement()
        .satisfies(overridden -> {
          assertThat(overridden.split()).isEqualTo("split");
          assertThat(overridden.axis()).isEqualTo("order");
          assertThat(overridden.said().toLowerCase(Locale.ROOT)).contains("parallel");
          assertThat(overridden.instead().toLowerCase(Locale.ROOT)).contains("sequential");
        });
  }
}
