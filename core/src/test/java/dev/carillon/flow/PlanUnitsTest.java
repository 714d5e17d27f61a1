package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a plan says between iterations: pipelines, and loop units of their own. */
class PlanUnitsTest {
  private static final Sync NOTHING = Sync.INHERITED;

  // ── pipelines ──

  @Test
  void pipelined_eachEdge_leadsBackByTheDistance() {
    Shape shape =
        Shape.of(c -> {
          c.sync(NOTHING.pipelined(2));
          c.part("b", x -> x, c.part("a", () -> 1));
        });
    UnitPlan unit = shape.plan().units[0];
    assertThat(shape.cross()).containsExactly("a->a+1", "b->a+2", "b->b+1");
    assertThat(unit.window).isEqualTo(5);
    assertThat(unit.reach).isEqualTo(2);
    assertThat(unit.between).isEqualTo(new Sync.Pipelined(2));
    int[] inStart = unit.crossInStart;
    int[] distances = unit.crossInDistance;
    assertThat(inStart).isNotNull();
    assertThat(distances).isNotNull();
    assertThat(Arrays.copyOfRange(distances, inStart[1], inStart[2])).containsExactly(1, 2);
  }

  @Test
  void pipelined_keyOfTheRun_isReadAfterTheIterationBefore() {
    Key<Integer> key = Key.ofRun("key", Integer.class, 0);
    Key<Integer> other = new Key<>("other", Integer.class, Key.Lifetime.ITERATION, 1);
    Shape shape =
        Shape.of(c -> {
          c.sync(NOTHING.pipelined(3));
          c.act("r", () -> {}).reads(key, other);
          c.act("w", () -> {}).writes(key, other);
          c.act("late", () -> {}).reads(key);
        });
    assertThat(shape.cross())
        .containsExactly("late->late+1", "late->w+1", "r->r+1", "w->r+1", "w->w+1");
  }

  @Test
  void pipelined_splitWithABarrier_doesNotOverlapItself() {
    Shape shape =
        Shape.of(c -> {
          c.sync(NOTHING.pipelined(3));
          var in = c.part("in", () -> 1);
          c.split(
              "s",
              NOTHING.barrier(),
              s -> s.branch("b", b -> b.part("2", x -> x, b.part("1", x -> x, in))));
        });
    assertThat(shape.cross()).containsExactly("in->in+1", "s/b/1->in+3", "s/b/2->s/b/1+1");
  }

  @Test
  void pipelined_splitWithABarrierAndManyEnds_goesThroughAJoin() {
    Shape shape =
        Shape.of(c -> {
          c.sync(NOTHING.pipelined(3));
          c.split(
              "s",
              NOTHING.barrier(),
              s -> List.of("x", "y").forEach(n -> s.branch(n, b -> b.act("p", () -> {}))));
        });
    assertThat(shape.cross()).containsExactly("->s/x/p+1", "->s/y/p+1");
    assertThat(shape.plan().overridden()).isEmpty();
  }

  @Test
  void pipelined_splitWithItsOwnDistance_hasThatInside() {
    Shape shape =
        Shape.of(c -> {
          c.sync(NOTHING.pipelined(1));
          c.split(
              "s",
              NOTHING.pipelined(2),
              s -> s.branch("b", b -> b.part("2", x -> x, b.part("1", () -> 1))));
        });
    assertThat(shape.cross()).contains("s/b/2->s/b/1+2");
  }

  // ── units ──

  private static CompiledPlan sides(Sync sync) {
    return Shape.plan(c -> {
      var a = c.part("a", () -> 1);
      var taken = new ArrayList<Out<Integer>>();
      c.split(
          "s",
          sync,
          s -> {
            s.branch("x", b -> taken.add(b.part("p", v -> v, a)));
            s.branch("y", b -> b.part("q", () -> 1)).under(a);
          });
      c.part("end", v -> v, taken.getFirst());
    });
  }

  @Test
  void independent_branches_areUnitsOfTheirOwn() {
    CompiledPlan plan = sides(Sync.independent(2));
    assertThat(plan.units).hasSize(3);
    UnitPlan x = plan.units[1];
    assertThat(x.name).isEqualTo("s/x");
    assertThat(x.group).isZero();
    assertThat(x.slack).isEqualTo(2);
    assertThat(x.partOf).containsExactly(-1, 2, -1);
    assertThat(x.externals).containsExactly(new UnitPlan.External(0, 1));
    assertThat(x.startedBy).containsExactly(0);
    assertThat(x.ins).containsExactly(~0);
    assertThat(plan.units[2].externals).containsExactly(new UnitPlan.External(0, 1));

    UnitPlan whole = plan.units[0];
    assertThat(whole.partOf).containsExactly(0, 1, 4, -1);
    assertThat(whole.exported).containsExactly(1);
    assertThat(whole.externals).containsExactly(new UnitPlan.External(1, 1));
    assertThat(whole.startedBy).isEmpty();
    assertThat(whole.group).isEqualTo(-1);
    assertThat(plan.part("s/x/p").loopUnit()).isEqualTo("s/x");
    assertThat(plan.part("s/x/p").dependsOn()).containsExactly("a");
    assertThat(plan.part("end").loopUnit()).isEmpty();
    assertThat(plan.unitOf(4)).isZero();
    assertThat(plan.nodeOf(4)).isEqualTo(2);
    assertThat(plan.toDot()).contains("subgraph cluster_1 {\n  label=\"s/x\";", "  u1n1 -> n2;");
  }

  @Test
  void independent_wholeCycle_makesUnitsOfBranchesAndParts() {
    CompiledPlan plan =
        Shape.plan(c -> {
          c.sync(Sync.independent());
          c.part("alone", x -> x, c.input());
          c.branch("b", b -> b.act("p", () -> {}));
          c.split("s", NOTHING, s -> s.branch("x", b -> b.act("p", () -> {})));
        });
    assertThat(plan.units).extracting(unit -> unit.name).containsExactly("", "b", "s/x", "alone");
    assertThat(plan.units[0].nodes()).isEqualTo(2);
    assertThat(plan.units[0].arrivals).containsExactly(0, 1);
    assertThat(plan.units[3].externals).containsExactly(new UnitPlan.External(0, 0));
  }

  @Test
  void independent_orderBetweenUnits_isFound() {
    CompiledPlan plan =
        Shape.plan(c -> {
          var a = c.act("a", () -> {});
          c.split("s", Sync.independent(), s -> s.branch("x", b -> b.act("p", () -> {}).after(a)));
        });
    assertThat(plan.findings())
        .containsExactly(
            "\"s/x/p\" does not wait for what it says, coming after \"a\","
                + " which repeats by itself");
  }

  @Test
  void independent_branchesThatWaitForEachOther_throws() {
    assertThatThrownBy(() ->
            Shape.of(c ->
                c.split(
                    "s",
                    Sync.independent(),
                    s -> {
                      Branch x = s.branch("x", _ -> {});
                      Branch y = s.branch("y", _ -> {});
                      var x1 = x.part("1", () -> 1);
                      var y1 = y.part("1", v -> v, x1);
                      x.part("2", v -> v, y1);
                    })))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("s/x/1 -> s/y/1 (wire) -> s/x/1 (begin)");
  }
}
