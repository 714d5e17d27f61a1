package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a plan tells of its parts. */
class PlanTest {

  private static Cycle<Done, Integer> diamond(String last) {
    return Cycle.supply(
        "diamond",
        c -> {
          var a = c.part("a", () -> 1);
          var b = c.part("b", x -> x + 1, a);
          var d = c.part("d", x -> x + 2, a).onError(OnError.skip());
          c.act("log", () -> {}).after(b);
          return c.part(last, Integer::sum, b, d);
        });
  }

  @Test
  @Covers("S19")
  void parts_ofADiamond_haveLevelsAndPositions() {
    Plan plan = diamond("e").plan();
    assertThat(plan.size()).isEqualTo(5);
    assertThat(plan.parts())
        .containsExactly(
            new PlannedPart("a", 1, 1, "", List.of(), List.of(), List.of()),
            new PlannedPart("b", 2, 1, "", List.of("a"), List.of(), List.of()),
            new PlannedPart("d", 2, 2, "", List.of("a"), List.of(), List.of("on error: skip")),
            new PlannedPart("log", 3, 1, "", List.of(), List.of("b"), List.of()),
            new PlannedPart("e", 3, 2, "", List.of("b", "d"), List.of(), List.of()));
  }

  @Test
  void part_byName_isTheSameAsInTheList() {
    Plan plan = diamond("e").plan();
    for (PlannedPart part : plan.parts()) {
      assertThat(plan.part(part.name())).isEqualTo(part);
    }
  }

  @Test
  void part_unknown_throwsAndNamesWhatIsLikeIt() {
    Plan plan = Shape.plan(c -> c.branch("side", b -> b.act("save", () -> {})));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.part("save"))
        .withMessageContaining("did you mean \"side/save\"?");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan.part("input"))
        .withMessageContaining("there are 1 parts");
  }

  @Test
  void parts_behindABarrier_comeAfterAllBeforeIt() {
    Plan plan =
        Shape.plan(c -> {
          c.sync(Sync.level());
          var one = c.act("1", () -> {});
          c.act("2", () -> {});
          c.act("deeper 1", _ -> {}, one);
          c.act("deeper 2", () -> {}).after(one);
        });
    assertThat(plan.part("deeper 1").after()).containsExactly("2");
    assertThat(plan.part("deeper 2").after()).containsExactly("1", "2");
  }

  @Test
  void add_cycleThatRunsOnce_hasItsPartsWithItsName() {
    Cycle<Integer, Integer> inner =
        Cycle.define(
            "inner",
            Integer.class,
            c -> {
              var one = c.part("one", x -> x, c.input());
              return c.part("two", x -> x, one);
            });
    Plan plan =
        Cycle.supply(
                "outer",
                c -> {
                  var start = c.part("start", () -> 1);
                  return c.part("end", x -> x, c.add(inner, start));
                })
            .plan();
    assertThat(plan.parts().stream().map(PlannedPart::name))
        .containsExactly("start", "inner/one", "inner/two", "end");
    assertThat(plan.part("inner/one").dependsOn()).containsExactly("start");
    assertThat(plan.part("end").level()).isEqualTo(4);
  }

  @Test
  void policy_ofAPart_isToldInWords() {
    Plan plan =
        Shape.plan(c ->
            c.split(
                "s",
                Sync.parallel().maxConcurrent(1),
                s ->
                    s.branch(
                        "b",
                        b ->
                            b.part("p", () -> 1)
                                .locks("y", "x")
                                .needs("mem", 3)
                                .validate("is odd", v -> v % 2 == 1)
                                .onError(OnError.retry(r -> r, OnError.fallback(3))))));
    assertThat(plan.part("s/b/p").policy())
        .containsExactly(
            "on error: up to 3 attempts, then use a default",
            "locks x, y",
            "needs 3 of mem",
            "gives what passes \"is odd\"",
            "gate s: at most 1 at once");
  }

  @Test
  void diff_ofTwoPlans_namesWhatIsAddedRemovedAndChanged() {
    Plan older = diamond("e").plan();
    Plan newer =
        Cycle.supply(
                "diamond",
                c -> {
                  var a = c.part("a", () -> 1);
                  var b = c.part("b", x -> x + 1, a);
                  c.act("log", () -> {});
                  return c.part("f", x -> x, b);
                })
            .plan();
    assertThat(older.diff(newer))
        .hasToString(
            """
            + f
            - d
            - e
            ~ log level: 3 -> 1
            ~ log after: [b] -> []
            """);
    assertThat(older.diff(diamond("e").plan()).isEmpty()).isTrue();
  }

  @Test
  void toDot_ofASmallCycle_isAGraph() {
    assertThat(drawn().toDot())
        .isEqualTo(
            """
            digraph "small" {
              rankdir=LR;
              node [shape=box];
              n0 [label="input", shape=ellipse];
              n1 [label="a"];
              n2 [label="side/\\"b\\""];
              n3 [label="last"];
              n4 [label="side/guard", shape=diamond];
              n0 -> n1;
              n1 -> n4;
              n2 -> n3 [style=dashed];
              n4 -> n2;
              n1 -> n0 [style=dotted, label="+1", constraint=false];
              n2 -> n4 [style=dotted, label="+1", constraint=false];
              n4 -> n1 [style=dotted, label="+1", constraint=false];
            }
            """);
  }

  @Test
  void toMermaid_ofASmallCycle_isAFlowchart() {
    assertThat(drawn().toMermaid())
        .isEqualTo(
            """
            flowchart LR
              n0(["input"])
              n1["a"]
              n2["side/#quot;b#quot;"]
              n3["last"]
              n4{"side/guard"}
              n0 --> n1
              n1 --> n4
              n2 -.-> n3
              n4 --> n2
              n1 -. "+1" .-> n0
              n2 -. "+1" .-> n4
              n4 -. "+1" .-> n1
            """);
  }

  private static Plan drawn() {
    return Cycle.define(
            "small",
            String.class,
            c -> {
              c.sync(Sync.INHERITED.pipelined(1));
              var a = c.part("a", x -> x, c.input());
              var b = new ArrayList<Out<?>>();
              c.branch("side", s -> b.add(s.act("\"b\"", () -> {}))).under(a).when(_ -> true);
              c.act("last", () -> {}).after(b.getFirst());
              return a;
            })
        .plan();
  }
}
