package dev.carillon.flow;

import static dev.carillon.flow.FlowLab.assertFailed;
import static dev.carillon.flow.FlowLab.assertSkipped;
import static dev.carillon.flow.FlowLab.atOnce;
import static dev.carillon.flow.FlowLab.outcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.flow.FlowLab.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What parts are given and give, and how that is checked. */
class PartDataTest {
  private final FlowLab lab = new FlowLab();

  @AfterEach
  void close() throws InterruptedException {
    lab.close();
  }

  // ── inputs and outputs ──

  @Test
  @Covers("S38")
  void part_ofEachArity_isGivenItsInputsInTheirOrder() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var p0 = c.part("p0", () -> "0");
                  var p1 = c.part("p1", a -> a + "1", p0);
                  var p2 = c.part("p2", (a, b) -> a + b + "2", p0, p1);
                  var p3 = c.part("p3", (x, y, z) -> x + y + z + "3", p0, p1, p2);
                  var p4 = c.part("p4", (w, x, y, z) -> w + x + y + z + "4", p0, p1, p2, p3);
                  return c.part(
                      "p5", (v, w, x, y, z) -> String.join(",", v, w, x, y, z), p0, p1, p2, p3, p4);
                }));
    assertThat(run.output()).contains("0,01,0012,00100123,001001200100123" + "4");
  }

  @Test
  @Covers("S38")
  void partWith_ofEachArity_isGivenItsContextAndItsInputs() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var p0 = c.partWith("p0", PartContext::part);
                  var p1 = c.partWith("p1", (x, a) -> a + x.part(), p0);
                  var p2 = c.partWith("p2", (x, a, b) -> a + b + x.part(), p0, p1);
                  var p3 = c.partWith("p3", (x, a, b, d) -> d + x.part(), p0, p1, p2);
                  var p4 = c.partWith("p4", (x, a, b, d, e) -> e + x.part(), p0, p1, p2, p3);
                  return c.partWith(
                      "p5", (x, a, b, d, e, f) -> a + "|" + f + x.part(), p0, p1, p2, p3, p4);
                }));
    assertThat(run.output()).contains("p0|p0p0p1p2p3p4p5");
  }

  @Test
  @Covers("S38")
  void define_inputAndValue_flowThrough() throws Exception {
    Cycle<Integer, String> cycle =
        Cycle.define("cycle", Integer.class, c -> c.part("part", n -> "got " + n, c.input()));
    Run<String> run = FlowLab.ended(lab.flow.start(cycle, 7));
    assertThat(run.output()).contains("got 7");
    @SuppressWarnings({"unchecked", "rawtypes"}) // what somebody without generics would do
    Cycle<Object, String> raw = (Cycle) cycle;
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> lab.flow.start(raw, "seven"))
        .withMessageContaining("type=java.lang.Integer")
        .withMessageContaining("java.lang.String");
  }

  @Test
  @Covers("S38")
  void output_isThatOfTheLatestIterationInWhichItWasUsable() throws Exception {
    Run<Long> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  c.loop(Loop.times(5));
                  return c.partWith("part", PartContext::iteration)
                      .when(view -> view.iteration() != 5);
                }));
    assertThat(run.output()).contains(4L);
  }

  @Test
  @Covers("S38")
  void part_withoutAValue_fails() throws Exception {
    Run<Done> run = lab.finish(Cycle.of("cycle", c -> c.part("part", PartDataTest::nothing)));
    assertFailed(run, "part");
    assertThat(outcome(run, "part").failure().orElseThrow()).hasMessageContaining("part=part");
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that it is refused is the point
  private static <T> T nothing() {
    return null;
  }

  @Test
  @Covers("S38")
  void anySuccess_isGivenTheValuesThereAre_andSkippedIfThereAreNone() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var bad = c.<String>part("bad", lab.fails("bad")).onError(OnError.skip());
                  var one = c.part("one", () -> "one");
                  var two = c.part("two", () -> "two");
                  c.anySuccess("none", values -> "none", List.of(bad));
                  return c.anySuccess("some", values -> values.toString(), List.of(bad, one, two));
                }));
    assertThat(run.output()).contains("[one, two]");
    assertSkipped(run, "none", Outcome.Why.UPSTREAM);
  }

  @Test
  @Covers("S38")
  void always_isGivenTheOutcomes_howeverTheyAre() throws Exception {
    Run<List<String>> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  var skipped = c.<String>part("skipped", lab.fails("a")).onError(OnError.skip());
                  var good = c.part("good", () -> "good");
                  var no = c.part("no", () -> "no").when(_ -> false);
                  var failed = c.<String>part("failed", lab.fails("b"));
                  var after = c.part("after", lab.takes("after"), failed);
                  return c.always(
                      "always",
                      outcomes ->
                          outcomes.stream().map(each -> each.getClass().getSimpleName()).toList(),
                      List.of(skipped, good, no, failed, after));
                }));
    assertThat(run.output())
        .contains(List.of("Skipped", "Success", "Skipped", "Failed", "Skipped"));
  }

  // ── checks ──

  @Test
  @Covers({"S39", "S42"})
  void validate_valueThatDoesNotPass_isAFailureThatIsRetried() throws Exception {
    Run<Integer> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c ->
                    c.partWith("part", PartContext::attempt)
                        .validate("is at least 3", value -> value >= 3)
                        .onError(OnError.retry(atOnce(5)))));
    assertThat(run.output()).contains(3);
  }

  @Test
  @Covers({"S39", "S42"})
  void validate_several_areCheckedInOrder_andTheFailureNamesRuleAndValue() throws Exception {
    var second = new AtomicInteger();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var part =
                      c.part("part", () -> -5)
                          .validate("is positive", value -> value > 0)
                          .validate("is counted", _ -> second.incrementAndGet() > 0);
                  c.part("next", lab.takes("next"), part);
                }));
    assertFailed(run, "part");
    assertThat(outcome(run, "part").failure().orElseThrow())
        .isInstanceOf(ValidationException.class)
        .hasMessageContaining("is positive")
        .hasMessageContaining("-5")
        .hasMessageContaining("part=part");
    assertThat(second).hasValue(0);
    assertThat(lab.notes()).isEmpty();
  }

  @Test
  @Covers("S42")
  void validate_checkThrows_isAFailureOfThePart() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c ->
                    c.part("part", () -> 1)
                        .validate(
                            "throws",
                            _ -> {
                              throw new Broken("check");
                            })));
    assertFailed(run, "part");
    assertThat(outcome(run, "part").failure().orElseThrow()).hasMessage("check");
  }

  @Test
  @Covers("S39")
  void checked_inputThatDoesNotPass_isAFailureOfTheConsumer_notRetried() throws Exception {
    var asked = new AtomicInteger();
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var part = c.part("part", () -> 1);
                  var picky =
                      part.checked(
                          "is even",
                          value -> {
                            asked.incrementAndGet();
                            return value % 2 == 0;
                          });
                  c.part("consumer", lab.takes("consumer"), picky)
                      .onError(OnError.retry(atOnce(5)));
                  c.part("other", lab.takes("other"), part);
                }));
    assertFailed(run, "consumer");
    assertThat(outcome(run, "part")).isInstanceOf(Outcome.Success.class);
    assertThat(asked).hasValue(1);
    assertThat(lab.notes()).containsExactly("other of 1");
    assertThat(outcome(run, "consumer").failure().orElseThrow())
        .hasMessageContaining("is even")
        .hasMessageContaining("part=consumer");
  }

  @Test
  @Covers("S39")
  void checked_inAPipeline_tokensThatDoNotPassLeaveAGap() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(6)).sync(Sync.parallel().pipelined(2));
              var source = c.partWith("source", PartContext::iteration);
              c.part("even", lab.takes("even"), source.checked("is even", value -> value % 2 == 0))
                  .onError(OnError.skip());
            }));
    assertThat(lab.notes()).containsExactly("even of 2", "even of 4", "even of 6");
  }

  @Test
  @Covers({"S38", "S39"})
  void wire_ofAnotherCycle_isRefused() {
    var foreign = new ArrayList<Out<String>>();
    var unused = Cycle.of("one", c -> foreign.add(c.part("part", lab.gives("part"))));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(
            () -> Cycle.of("two", c -> c.part("next", lab.takes("next"), foreign.getFirst())))
        .withMessageContaining("part");
    assertThat(unused.plan().size()).isEqualTo(1);
  }

  // ── others ──

  @Test
  @Covers("S41")
  void outcome_ofAPartThatIsRead_isThatOfThisIteration_afterIt() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3));
              var part =
                  c.partWith(
                          "part",
                          context -> {
                            if (context.iteration() == 2) {
                              throw new Broken("second");
                            }
                            return context.iteration();
                          })
                      .onError(OnError.skip());
              c.branch(
                  "other",
                  b ->
                      b.partWith(
                              "reader",
                              context -> {
                                lab.note(
                                    context.outcome(part).result().map(k -> "" + k).orElse("none"));
                                return "read";
                              })
                          .reads(part));
            }));
    assertThat(lab.notes()).containsExactly("1", "none", "3");
  }

  @Test
  @Covers("S41")
  void outcome_ofAPartThatIsNotRead_isRefused() throws Exception {
    Run<Done> run =
        lab.finish(
            Cycle.of(
                "cycle",
                c -> {
                  var part = c.part("part", lab.gives("part"));
                  c.partWith("reader", context -> context.outcome(part));
                }));
    assertThat(outcome(run, "reader").failure().orElseThrow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("part=reader")
        .hasMessageContaining("other=part");
  }

  @Test
  @Covers("S41")
  void ask_aParent_givesTheFirstOfItsDescendantsThatMatches_inTheOrderOfThePlan() throws Exception {
    Run<String> run =
        lab.finish(
            Cycle.supply(
                "cycle",
                c -> {
                  c.onError(OnError.skip());
                  var parent = c.part("parent", () -> 100);
                  var bad = c.part("bad", _ -> lab.<Integer>fails("bad").call(), parent);
                  var small = c.part("small", _ -> 1, parent);
                  var text = c.part("text", _ -> "text", parent);
                  var big = c.part("big", n -> n + 10, small);
                  var bigger = c.part("bigger", _ -> 50, parent);
                  var beside = c.part("beside", () -> 99);
                  return c.partWith(
                          "asker",
                          context ->
                              "%s %s %s"
                                  .formatted(
                                      context.ask(parent, Integer.class, n -> n > 5).orElseThrow(),
                                      context.ask(parent, String.class, _ -> true).orElseThrow(),
                                      context.ask(parent, Integer.class, n -> n == 99)))
                      .after(bad, small, text, big, bigger, beside);
                }));
    assertThat(run.output()).contains("11 text Optional.empty");
  }

  @Test
  @Covers("S41")
  void peek_givesTheLatestValue_ofWhateverPart() throws Exception {
    lab.finish(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(3)).sync(Sync.sequential());
              var later = new ArrayList<Out<Long>>();
              c.partWith(
                  "reader",
                  context -> {
                    lab.note(context.peek(later.getFirst()).map(k -> "" + k).orElse("none"));
                    return "read";
                  });
              later.add(c.partWith("later", PartContext::iteration));
            }));
    assertThat(lab.notes()).containsExactly("none", "1", "2");
  }
}
