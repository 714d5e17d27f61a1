package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertCancelled;
import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cycles within cycles, parts that were made before, and parts for each element. */
class NestedCycleTest {
  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── cycles in cycles ──

  @Test
  void add_cycleThatGivesNothing_mayHaveAPartOfAnyName() throws Exception {
    Cycle<Done, Done> inner =
        Cycle.of(
            "inner",
            c -> {
              c.act("done", () -> lab.note("done"));
              c.act("done-2", () -> lab.note("done-2"));
            });
    Run<Done> run =
        lab.finish(
            Cycle.of("outer", c -> c.part("behind", lab.takes("behind"), c.add(inner, c.input()))));
    assertThat(lab.notes()).hasSize(3).endsWith("behind of " + Done.DONE);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers({"S18", "S19"})
  void add_cycleOfOneIteration_itsPartsArePartsOfThisOne() throws Exception {
    Cycle<Integer, Integer> twice =
        Cycle.define(
            "twice",
            Integer.class,
            c -> c.part("second", n -> n * 2, c.part("first", n -> n, c.input())));
    Run<Integer> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var doubled = c.add(twice, c.part("start", () -> 21));
                  return c.part("end", n -> n, doubled);
                }));
    assertThat(run.output()).contains(42);
    assertThat(run.plan().parts())
        .extracting(PlannedPart::name)
        .contains("start", "twice/first", "twice/second", "end");
  }

  @Test
  @Covers({"S27", "S33"})
  void add_cycleOfOneIteration_itsPolicyAndOrderHoldForItsParts() throws Exception {
    Cycle<Done, Done> inner =
        Cycle.of(
            "inner",
            c -> {
              c.sync(Sync.sequential()).onError(OnError.skip());
              c.part("one", lab.gives("one"));
              c.part("bad", lab.fails("bad"));
              c.part("two", lab.gives("two"));
            });
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  c.onError(OnError.instantFail());
                  c.add(inner, c.input());
                }));
    assertThat(lab.notes()).containsExactly("one", "bad", "two");
    assertSkipped(run, "inner/bad", Outcome.Why.OWN);
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  private Cycle<Done, Long> repeating(long times) {
    return Cycle.supply(
        "inner",
        c -> {
          c.loop(Loop.times(times));
          return c.partWith(
              "part",
              context -> {
                lab.note("inner " + context.iteration());
                return context.iteration();
              });
        });
  }

  @Test
  @Covers({"S18", "S30"})
  void add_cycleThatRepeats_runsToItsEndInEachIteration() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  c.loop(Loop.times(2));
                  var start = c.part("start", () -> Done.DONE);
                  return c.part("end", lab.takes("end"), c.add(repeating(3), start));
                }));
    assertThat(lab.notes())
        .containsExactly(
            "inner 1",
            "inner 2",
            "inner 3",
            "end of 3",
            "inner 1",
            "inner 2",
            "inner 3",
            "end of 3");
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers({"S18", "S34"})
  void add_cycleThatRepeatsAndFails_isAFailureOfThePart_thatCanBeRetried() throws Exception {
    var runs = new AtomicInteger();
    Cycle<Done, String> inner =
        Cycle.supply(
            "inner",
            c -> {
              c.loop(Loop.times(2));
              return c.part(
                  "part",
                  () -> {
                    if (runs.incrementAndGet() == 1) {
                      throw new Broken("first");
                    }
                    return "good";
                  });
            });
    Run<String> once = lab.finish(Cycle.supply("once", c -> c.add(inner, c.input())));
    assertThat(once.status()).isEqualTo(RunStatus.ERROR);
    assertThat(once.failures().getFirst().cause())
        .isInstanceOf(PartFailedException.class)
        .hasRootCauseMessage("first");
    runs.set(0);
    Run<String> again =
        lab.finish(
            Cycle.supply("again", c -> c.add(inner, c.input()).onError(OnError.retry(atOnce(2)))));
    assertThat(again.status()).isEqualTo(RunStatus.OK);
    assertThat(again.output()).contains("good");
  }

  @Test
  @Covers({"S18", "S30"})
  void add_cycleThatRepeats_isAFailureIfAnyOfItsIterationsWas_thoughItHasAValue() throws Exception {
    var runs = new AtomicInteger();
    Cycle<Done, String> inner =
        Cycle.supply(
            "inner",
            c -> {
              c.loop(
                  Loop.times(2).afterFailure(Loop.AfterFailure.goOn(Backoff.fixed(Duration.ZERO))));
              return c.part(
                  "part",
                  () -> {
                    if (runs.incrementAndGet() == 1) {
                      throw new Broken("first");
                    }
                    return "good";
                  });
            });
    Run<String> run = lab.finish(Cycle.supply("cycle", c -> c.add(inner, c.input())));
    assertThat(runs).hasValue(2);
    assertThat(run.status()).isEqualTo(RunStatus.ERROR);
    assertThat(run.output()).isEmpty();
    Cycle<Done, String> skipping =
        Cycle.supply(
            "skipping",
            c -> {
              c.loop(Loop.times(2));
              c.<String>part("bad", lab.fails("bad")).onError(OnError.skip());
              return c.part("good", () -> "good");
            });
    assertThat(lab.finish(Cycle.supply("cycle", c -> c.add(skipping, c.input()))).status())
        .isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers({"S18", "S36"})
  void add_cycleThatRepeatsAndIsDegraded_degradesTheOneAround() throws Exception {
    Cycle<Done, String> inner =
        Cycle.supply(
            "inner",
            c -> {
              c.loop(Loop.times(2));
              return c.<String>part("bad", lab.fails("bad")).onError(OnError.fallback("default"));
            });
    Run<String> run = lab.finish(Cycle.supply("cycle", c -> c.add(inner, c.input())));
    assertThat(run.status()).isEqualTo(RunStatus.DEGRADED);
    assertThat(run.output()).contains("default");
  }

  @Test
  @Covers({"S18", "S30"})
  void cancel_aroundACycleThatRepeats_cancelsThat() throws Exception {
    var begun = new CountDownLatch(1);
    Cycle<Done, Done> inner =
        Cycle.of(
            "inner",
            c -> {
              c.loop(Loop.forever());
              c.part("part", lab.waitsFor(begun, "part"));
              c.anyway("finally", () -> lab.note("finally"));
            });
    Run<Done> run = lab.start(Cycle.of("cycle", c -> c.add(inner, c.input())));
    Patience.await(begun);
    assertThat(lab.flow.runs()).hasSize(2);
    run.cancel();
    FlowLab.ended(run);
    assertThat(run.status()).isEqualTo(RunStatus.CANCELLED);
    Patience.until("the inner run has ended", () -> lab.flow.runs().isEmpty());
    assertThat(lab.notes()).containsExactly("part interrupted", "finally");
  }

  // ── parts made before ──

  @Test
  @Covers({"S18", "S28"})
  void add_partMadeBefore_runsAsItSays_underWhateverName() throws Exception {
    Part<String, String> part =
        Part.<String, String>of(
                "part",
                text -> {
                  lab.note(text);
                  throw new Broken(text);
                })
            .with(p -> p.onError(OnError.fallback("default")));
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var first = c.add(part, c.part("text", () -> "first"));
                  return c.add(part.named("other"), first);
                }));
    assertThat(lab.notes()).containsExactly("first", "default");
    assertThat(run.output()).contains("default");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() ->
            Cycle.of(
                "cycle",
                c -> {
                  var text = c.part("text", () -> "text");
                  c.add(part, text);
                  c.add(part, text);
                }))
        .withMessageContaining("part");
  }

  // ── each ──

  private Run<List<Integer>> each(List<Integer> elements, OnError<List<Integer>> policy)
      throws Exception {
    var tries = new AtomicInteger();
    return lab.finish(
        Cycle.supply(
            "cycle",
            c ->
                c.each(
                        "each",
                        (Integer n) -> {
                          if (n == 3 && tries.incrementAndGet() < 3) {
                            throw new Broken("element " + n);
                          }
                          return n * 10;
                        },
                        c.part("elements", () -> elements))
                    .onError(policy)));
  }

  @Test
  @Covers({"S18", "S38"})
  void each_valuesAreInTheOrderOfTheElements() throws Exception {
    assertThat(each(List.of(5, 1, 4), OnError.cleanFail()).output()).contains(List.of(50, 10, 40));
    assertThat(each(List.of(), OnError.cleanFail()).output()).contains(List.of());
  }

  @Test
  @Covers({"S18", "S33"})
  void each_elementThatIsSkipped_isLeftOut() throws Exception {
    Run<List<Integer>> run = each(List.of(1, 3, 2), OnError.skip());
    assertThat(run.output()).contains(List.of(10, 20));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
    assertThat(run.failures().getFirst().part()).isEqualTo("each[1]");
  }

  @Test
  @Covers({"S18", "S34"})
  void each_retries_areTheElements() throws Exception {
    Run<List<Integer>> run = each(List.of(1, 3, 2), OnError.retry(atOnce(3)));
    assertThat(run.output()).contains(List.of(10, 30, 20));
    assertThat(run.status()).isEqualTo(RunStatus.OK);
  }

  @Test
  @Covers({"S18", "S32"})
  void each_elementThatFails_isTheFailureOfThePart_onceAllHaveEnded() throws Exception {
    Run<List<Integer>> run = each(List.of(1, 3, 2), OnError.cleanFail());
    assertFailed(run, "each");
    assertThat(outcome(run, "each").failure().orElseThrow()).hasMessage("element 3");
    Run<List<Integer>> whole = each(List.of(1, 3, 2), OnError.fallback(List.of(7)));
    assertThat(whole.output()).contains(List.of(7));
    assertThat(whole.status()).isEqualTo(RunStatus.DEGRADED);
  }

  @Test
  @Covers({"S18", "S21"})
  void each_elements_runAtOnce() throws Exception {
    var all = new CountDownLatch(FlowLab.THREADS);
    Run<List<String>> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.each(
                        "each",
                        (Integer n) -> lab.meets(all, "" + n).call(),
                        c.part("elements", () -> List.of(1, 2, 3, 4)))));
    assertThat(run.output()).contains(List.of("1", "2", "3", "4"));
  }

  @Test
  @Covers({"S18", "S30"})
  void cancel_whileElementsRun_interruptsThemAll() throws Exception {
    var begun = new CountDownLatch(3);
    Run<List<String>> run =
        lab.start(
            Cycle.supply(
                "cycle",
                c ->
                    c.each(
                        "each",
                        (Integer n) -> lab.waitsFor(begun, "" + n).call(),
                        c.part("elements", () -> List.of(1, 2, 3)))));
    Patience.await(begun);
    run.cancel();
    FlowLab.ended(run);
    assertCancelled(run, "each");
    assertThat(lab.notes())
        .containsExactlyInAnyOrder("1 interrupted", "2 interrupted", "3 interrupted");
  }
}
