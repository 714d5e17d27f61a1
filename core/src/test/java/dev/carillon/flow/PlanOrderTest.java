package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.flow.Plan.OverriddenSync;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is before what in a plan, and what depends on what. */
@Covers("S19")
class PlanOrderTest {
  private static final Sync NOTHING = Sync.INHERITED;

  /** Adds parts without inputs. */
  private static void acts(Branch branch, String... names) {
    for (String name : names) {
      branch.act(name, () -> {});
    }
  }

  // ── orders ──

  @Test
  void parallel_partsWithoutWires_haveNoOrder() {
    Shape shape = Shape.of(c -> acts(c, "a", "b"));
    assertThat(shape.isBefore("a", "b")).isFalse();
    assertThat(shape.isBefore("b", "a")).isFalse();
  }

  @Test
  void sequential_children_comeOneAfterAnother() {
    Shape shape =
        Shape.of(c -> {
          c.sync(Sync.sequential());
          acts(c, "a");
          c.split(
              "s",
              NOTHING,
              s -> {
                s.branch("x", b -> acts(b, "1", "2"));
                s.branch("empty", _ -> {});
                s.branch("y", b -> acts(b, "1", "2"));
              });
          acts(c, "z");
        });
    List<String> order = List.of("a", "s/x/1", "s/x/2", "s/y/1", "s/y/2", "z");
    for (int i = 1; i < order.size(); i++) {
      assertThat(shape.isBefore(order.get(i - 1), order.get(i))).isTrue();
      assertThat(shape.isBefore(order.get(i), order.get(i - 1))).isFalse();
    }
  }

  @Test
  void sequential_childrenThatAreParallel_waitForAllOfThoseBefore() {
    Shape shape =
        Shape.of(c ->
            c.split(
                "s",
                Sync.sequential(),
                s -> {
                  s.branch("x", b -> acts(b.sync(Sync.parallel()), "1", "2"));
                  s.branch("y", b -> acts(b.sync(Sync.parallel()), "1", "2"));
                }));
    for (String before : List.of("s/x/1", "s/x/2")) {
      for (String after : List.of("s/y/1", "s/y/2")) {
        assertThat(shape.isBefore(before, after)).isTrue();
      }
    }
    assertThat(shape.isBefore("s/x/1", "s/x/2")).isFalse();
  }

  @Test
  void level_partsOfALevel_waitForAllOfTheOnesBefore() {
    Shape shape = Shape.of(c -> threeLevels(c.sync(Sync.level())));
    assertThat(shape.isBefore("a1", "b2")).isTrue();
    assertThat(shape.isBefore("b1", "a2")).isTrue();
    assertThat(shape.isBefore("b2", "a3")).isTrue();
    assertThat(shape.isBefore("a2", "b2")).isFalse();
    assertThat(shape.plan().levels).containsExactly(0, 1, 2, 3, 1, 2);
  }

  private static void threeLevels(Branch branch) {
    var a1 = branch.part("a1", () -> 1);
    var a2 = branch.part("a2", x -> x, a1);
    branch.part("a3", x -> x, a2);
    var b1 = branch.part("b1", () -> 1);
    branch.part("b2", x -> x, b1);
  }

  @Test
  void level_innerBranchWithAnotherOrder_isFreeInsideOnly() {
    Shape shape =
        Shape.of(c ->
            c.split(
                "s",
                Sync.level(),
                s -> {
                  s.branch("free", b -> threeLevels(b.sync(Sync.parallel())));
                  s.branch("other", b -> threeLevels(b.sync(Sync.parallel())));
                  s.branch("x", b -> b.part("x2", v -> v, b.part("x1", () -> 1)));
                }));
    assertThat(shape.isBefore("s/free/a1", "s/free/b2")).isFalse();
    assertThat(shape.isBefore("s/free/b1", "s/free/a3")).isTrue(); // x2 is between
    assertThat(shape.isBefore("s/free/a1", "s/other/b2")).isTrue();
    assertThat(shape.isBefore("s/free/a1", "s/x/x2")).isTrue();
    assertThat(shape.isBefore("s/x/x1", "s/free/a2")).isTrue();
    assertThat(shape.isBefore("s/x/x2", "s/other/a3")).isTrue();
  }

  @Test
  void level_loneInnerBranchWithAnotherOrder_hasNoLevels() {
    Shape shape =
        Shape.of(c ->
            c.split(
                "s",
                Sync.level(),
                s -> s.branch("free", b -> threeLevels(b.sync(Sync.parallel())))));
    assertThat(shape.isBefore("s/free/a1", "s/free/b2")).isFalse();
    assertThat(shape.isBefore("s/free/a1", "s/free/a2")).isTrue();
  }

  @Test
  void level_manyParts_takesEdgesInProportion() {
    int width = 1000;
    CompiledPlan plan =
        Shape.plan(c -> {
          c.sync(Sync.level());
          for (int i = 0; i < width; i++) {
            c.part("b" + i, x -> x, c.part("a" + i, () -> 1));
          }
        });
    UnitPlan unit = plan.units[0];
    assertThat(unit.outs.length).isLessThan(6 * width);
    for (int arrivals : unit.arrivals) {
      assertThat(arrivals).isLessThanOrEqualTo(PlanGraph.MOST_ARRIVALS);
    }
  }

  // ── under, guards ──

  @Test
  void under_leadsToPartsWithoutPredecessorInside() {
    Shape shape =
        Shape.of(c -> {
          var root = c.part("root", () -> 1);
          var other = c.part("other", () -> 1);
          c.branch(
                  "b",
                  b -> {
                    var first = b.part("first", () -> 1);
                    b.part("taken", x -> x, other);
                    b.part("second", x -> x, first);
                    b.always("join", _ -> 1, List.of(first));
                    b.branch("in", i -> acts(i, "deep")).under(first);
                  })
              .under(root);
        });
    assertThat(shape.needs("b/first")).isEqualTo("root");
    assertThat(shape.needs("b/taken")).isEqualTo("other root");
    assertThat(shape.needs("b/second")).isEqualTo("b/first");
    assertThat(shape.needs("b/join")).isEqualTo("b/first root");
    assertThat(shape.needs("b/in/deep")).isEqualTo("b/first");
    assertThat(shape.plan().part("b/in/deep").level()).isEqualTo(3);
  }

  @Test
  void when_ofABranch_isAJoinBetweenWhatItIsUnderAndItsEntries() {
    Shape shape =
        Shape.of(c -> {
          var root = c.part("root", () -> 1);
          c.branch(
                  "b",
                  b -> {
                    acts(b, "1");
                    b.branch("in", i -> acts(i, "2")).when(_ -> true);
                  })
              .under(root)
              .when(_ -> true);
        });
    assertThat(shape.needs("b/guard")).isEqualTo("root");
    assertThat(shape.needs("b/1")).isEqualTo("b/guard");
    assertThat(shape.needs("b/in/guard")).isEqualTo("b/guard");
    assertThat(shape.needs("b/in/2")).isEqualTo("b/in/guard");
    assertThat(shape.plan().part("b/in/2").dependsOn()).containsExactly("root");
    assertThat(shape.plan().part("b/in/2").level()).isEqualTo(2);
  }

  @Test
  void when_ofTheWholeCycle_guardsWhatTakesTheInput() {
    Shape shape =
        Shape.of(c -> {
          c.when(_ -> true);
          c.part("a", x -> x, c.input());
        });
    assertThat(shape.needs("a")).isEqualTo("input guard");
  }

  // ── keys ──

  @Test
  void keys_usersOfOne_comeInTheOrderOfThePlan() {
    Key<Integer> key = Key.ofRun("key", Integer.class, 0);
    Shape shape =
        Shape.of(c -> {
          for (String name : List.of("r1", "w2", "r3", "r4", "w5", "w6")) {
            Out<Done> part = c.act(name, () -> {});
            part = name.startsWith("r") ? part.reads(key) : part.writes(key);
            assertThat(part.name()).isEqualTo(name);
          }
        });
    assertThat(shape.isBefore("r1", "w2")).isTrue();
    assertThat(shape.isBefore("w2", "r3")).isTrue();
    assertThat(shape.isBefore("w2", "r4")).isTrue();
    assertThat(shape.isBefore("r3", "w5")).isTrue();
    assertThat(shape.isBefore("w5", "w6")).isTrue();
    assertThat(shape.isBefore("r3", "r4")).isFalse();
  }

  // ── overriding ──

  @Test
  @Covers("S27")
  void sync_ofTheCycle_replacesTheOrderOfSplits() {
    Shape shape =
        Shape.of(c -> {
          c.sync(Sync.parallel());
          c.split("s", Sync.sequential(), s -> s.branch("b", b -> acts(b, "1", "2")));
          c.split("t", Sync.parallel(), s -> s.branch("b", b -> acts(b, "1")));
        });
    assertThat(shape.isBefore("s/b/1", "s/b/2")).isFalse();
    assertThat(shape.plan().overridden())
        .containsExactly(new OverriddenSync("s", "order", "sequential", "parallel"));
  }

  @Test
  @Covers("S27")
  void sync_ofTheCycle_replacesWhatSplitsSayBetweenIterations() {
    CompiledPlan plan =
        Shape.plan(c -> {
          c.sync(Sync.INHERITED.barrier());
          c.split("i", Sync.independent(3), s -> s.branch("b", b -> acts(b, "1")));
          c.split("p", NOTHING.pipelined(2), s -> s.branch("b", b -> acts(b, "1")));
          c.split("b", NOTHING.barrier(), s -> s.branch("b", b -> acts(b, "1")));
        });
    assertThat(plan.units).hasSize(1);
    assertThat(plan.overridden())
        .containsExactly(
            new OverriddenSync("i", "between", "independent(3)", "barrier"),
            new OverriddenSync("p", "between", "pipelined(2)", "barrier"));
  }

  @Test
  @Covers("S27")
  void sync_ofOneAxis_leavesTheOtherToSplits() {
    CompiledPlan plan =
        Shape.plan(c -> {
          c.sync(Sync.parallel());
          c.split("i", Sync.independent(), s -> s.branch("b", b -> acts(b, "1")));
        });
    assertThat(plan.overridden()).isEmpty();
    assertThat(plan.units).hasSize(2);
  }

  @Test
  @Covers("S27")
  void gates_ofCycleAndSplits_addUp() {
    Shape shape =
        Shape.of(c -> {
          c.sync(Sync.parallel().maxConcurrent(2));
          c.split(
              "s", Sync.sequential().maxConcurrent(1), s -> s.branch("b", b -> acts(b, "1", "2")));
          acts(c, "x");
        });
    CompiledPlan plan = shape.plan();
    PartRules inner = plan.units[0].rules[shape.part("s/b/1")];
    assertThat(inner).isNotNull();
    assertThat(inner.gates()).containsExactly(0, 1);
    assertThat(plan.units[0].rules[shape.part("s/b/2")]).isSameAs(inner);
    assertThat(plan.gates[0].name()).isEqualTo("c");
    assertThat(plan.gates[1].name()).isEqualTo("s");
    assertThat(plan.overridden()).hasSize(1);
  }

  // ── contradictions ──

  @Test
  void sequential_againstAWire_throwsWithTheCircle() {
    assertThatThrownBy(() ->
            Shape.of(c -> {
              c.sync(Sync.sequential());
              Branch first = c.branch("first", _ -> {});
              var a = c.part("a", () -> 1);
              first.part("b", x -> x, a);
            }))
        .isInstanceOf(PlanException.class)
        .hasMessage("a cycle must not contradict itself: c: a -> first/b (wire) -> a (sequential)");
  }

  @Test
  void after_inACircle_throwsWithTheShortest() {
    assertThatThrownBy(() ->
            Shape.of(c -> {
              var a = c.part("a", () -> 1);
              var b = c.part("b", x -> x, a);
              var d = c.part("d", x -> x, b);
              a.after(d, b);
            }))
        .isInstanceOf(PlanException.class)
        .hasMessageEndingWith(": a -> b (wire) -> a (after)");
  }

  @Test
  void level_againstTheOrderOfKeys_throwsWithTheCircle() {
    Key<Integer> key = Key.ofRun("key", Integer.class, 0);
    assertThatThrownBy(() ->
            Shape.of(c -> {
              c.sync(Sync.level());
              var a = c.part("a", () -> 1);
              c.part("b", x -> x, a).writes(key);
              c.act("late", () -> {}).reads(key);
            }))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("b -> late (key) -> b (level)");
  }

  @Test
  void under_aPartInside_throws() {
    assertThatThrownBy(() ->
            Shape.of(c -> {
              Branch b = c.branch("b", _ -> {});
              b.under(b.part("p", () -> 1));
            }))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("b/p -> b/p (under)");
  }
}
