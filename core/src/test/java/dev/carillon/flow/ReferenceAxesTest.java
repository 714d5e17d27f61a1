package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.flow.ReferenceModel.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rows of the tables of axes in {@code docs/flow.md}, worked out by hand for the reference. */
class ReferenceAxesTest {

  private static ReferenceModel model(Consumer<Definition<String>> body) {
    return ReferenceTable.model(c -> {
      body.accept(c);
      return c.nothing();
    });
  }

  /** {@return what waits for what within an iteration, but for what follows from the rest} */
  private static Set<String> order(ReferenceModel model) {
    var order = new TreeSet<String>();
    for (Node to : model.nodes) {
      Set<Node> direct = model.predecessors(to);
      for (Node from : direct) {
        boolean follows = direct.stream().anyMatch(via -> isBefore(model, from, via));
        if (!follows && !from.isInput()) {
          order.add(from + "<" + to);
        }
      }
    }
    return order;
  }

  private static boolean isBefore(ReferenceModel model, Node from, Node to) {
    var open = new ArrayList<>(model.predecessors(to));
    var seen = new HashSet<Node>();
    while (!open.isEmpty()) {
      Node node = open.removeLast();
      if (seen.add(node)) {
        open.addAll(model.predecessors(node));
      }
    }
    return seen.contains(from);
  }

  private static Set<String> before(ReferenceModel model, String node, long iteration) {
    var before = new TreeSet<String>();
    model
        .units
        .endedBefore(model.node(node), iteration)
        .forEach(at -> before.add(at.node() + "@" + at.iteration()));
    return before;
  }

  private static void part(Branch branch, String name, Out<?>... after) {
    branch.part(name, () -> "").after(after);
  }

  private static void chain(Branch branch, String first, String second) {
    branch.part(second, (String x) -> x, branch.part(first, () -> ""));
  }

  // ── levels and edges ──

  @Test
  void levels_areOneMoreThanTheDeepestDrawnSource() {
    ReferenceModel model =
        model(c -> {
          Key<String> key = Key.ofIteration("key", String.class);
          Out<String> a = c.part("a", (String x) -> x, c.input());
          Out<String> b = c.part("b", () -> "").after(a);
          Out<String> d = c.part("d", () -> "").reads(b);
          c.branch("x", x -> x.under(d).part("e", () -> "").writes(key));
          c.part("f", () -> "").writes(key);
          c.part("g", () -> "");
        });
    assertThat(model.levelOf(model.node("input"))).isZero();
    assertThat(model.levelOf(model.node("a"))).isEqualTo(1);
    assertThat(model.levelOf(model.node("b"))).isEqualTo(2);
    assertThat(model.levelOf(model.node("d"))).isEqualTo(3);
    assertThat(model.levelOf(model.node("x/e"))).isEqualTo(4);
    assertThat(model.levelOf(model.node("f"))).isEqualTo(1);
    assertThat(model.position(model.node("f"))).isEqualTo(2);
    assertThat(model.position(model.node("g"))).isEqualTo(3);
  }

  @Test
  void under_leadsToEntriesAndJoins_behindTheGuard() {
    ReferenceModel model =
        model(c -> {
          Out<String> p = c.part("p", () -> "");
          c.branch(
              "x",
              x -> {
                x.under(p).when(_ -> true);
                Out<String> a = x.part("a", () -> "");
                Out<String> b = x.part("b", (String v) -> v, a);
                x.always("j", List::toString, List.of(b));
                x.branch("y", y -> y.under(b).part("q", () -> ""));
              });
        });
    assertThat(model.otherSources(model.node("x/a")))
        .extracting(Node::toString)
        .containsExactlyInAnyOrder("p", "x/guard");
    assertThat(model.otherSources(model.node("x/b"))).isEmpty();
    assertThat(model.otherSources(model.node("x/j")))
        .extracting(Node::toString)
        .containsExactlyInAnyOrder("p", "x/guard");
    assertThat(model.otherSources(model.node("x/y/q")))
        .extracting(Node::toString)
        .containsExactly("x/b");
    assertThat(model.otherSources(model.node("x/guard")))
        .extracting(Node::toString)
        .containsExactly("p");
  }

  @Test
  void keys_areUsedInTheOrderOfThePlan() {
    Key<String> key = Key.ofRun("key", String.class, "");
    ReferenceModel model =
        model(c -> {
          c.part("r1", () -> "").reads(key);
          c.part("r2", () -> "").reads(key);
          c.part("w1", () -> "").writes(key);
          c.part("w2", () -> "").writes(key);
          c.part("r3", () -> "").reads(key);
        });
    assertThat(order(model)).containsExactlyInAnyOrder("r1<w1", "r2<w1", "w1<w2", "w2<r3");
  }

  // ── order ──

  @Test
  void parallel_addsNothing() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.parallel());
          chain(c, "a", "b");
          part(c, "d");
        });
    assertThat(order(model)).containsExactly("a<b");
  }

  @Test
  void sequential_isOneChildAfterAnother_alsoInBranchesThatSayNothing() {
    ReferenceModel model =
        model(c -> {
          c.split(
              "s",
              Sync.sequential(),
              s -> {
                s.branch(
                    "x",
                    x -> {
                      part(x, "a");
                      part(x, "b");
                    });
                s.branch("none", _ -> {});
                s.branch(
                    "y",
                    y -> {
                      y.sync(Sync.parallel());
                      part(y, "d");
                      part(y, "e");
                    });
              });
          part(c, "f");
        });
    assertThat(order(model)).containsExactlyInAnyOrder("s/x/a<s/x/b", "s/x/b<s/y/d", "s/x/b<s/y/e");
  }

  @Test
  void level_isAllOfALevelBeforeTheDeeperOnes_exceptWithinWhatSaysOtherwise() {
    ReferenceModel model =
        model(c ->
            c.split(
                "s",
                Sync.level(),
                s -> {
                  s.branch("x", x -> chain(x, "a", "b"));
                  s.branch("y", y -> chain(y, "d", "e"));
                  s.branch(
                      "z",
                      z -> {
                        z.sync(Sync.parallel());
                        chain(z, "f", "g");
                        part(z, "h");
                      });
                }));
    assertThat(order(model))
        .containsExactlyInAnyOrder(
            "s/x/a<s/x/b",
            "s/x/a<s/y/e",
            "s/x/a<s/z/g",
            "s/y/d<s/x/b",
            "s/y/d<s/y/e",
            "s/y/d<s/z/g",
            "s/z/f<s/x/b",
            "s/z/f<s/y/e",
            "s/z/f<s/z/g",
            "s/z/h<s/x/b",
            "s/z/h<s/y/e");
  }

  @Test
  void cycle_thatSaysAnOrder_replacesWhatSplitsSay() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.parallel());
          c.split(
              "s",
              Sync.sequential(),
              s -> {
                s.branch("x", x -> part(x, "a"));
                s.branch("y", y -> part(y, "b"));
              });
        });
    assertThat(order(model)).isEmpty();
  }

  @Test
  void contradiction_isACircle() {
    Key<String> key = Key.ofIteration("key", String.class);
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.level());
          Out<String> a = c.part("a", () -> "");
          c.part("b", (String x) -> x, a).writes(key);
          c.part("d", () -> "").reads(key);
        });
    assertThat(model.circle().orElseThrow())
        .extracting(Node::toString)
        .containsExactlyInAnyOrder("b", "d");
    assertThat(model(c -> chain(c, "a", "b")).circle()).isEmpty();
  }

  private static Out<Done> nothingOf(Definition<String> c, Consumer<Definition<String>> body) {
    body.accept(c);
    return c.nothing();
  }

  @Test
  void contradiction_byWayOfABranchThatBegins_isACircle_forTheEngineToo() {
    Consumer<Definition<String>> body =
        c -> {
          c.sync(Sync.level());
          Out<String> a = c.part("a", () -> "");
          Out<String> b = c.part("b", (String x) -> x, a);
          Out<String> late = c.part("late", (String x) -> x, b);
          var first = new ArrayList<Out<String>>();
          c.split(
              "split",
              Sync.independent(),
              split ->
                  split.branch(
                      "branch",
                      branch -> {
                        first.add(branch.part("first", () -> ""));
                        branch.part("second", (String x) -> x, late); // the branch begins after it
                      }));
          c.part("early", (String x) -> x, first.getFirst()); // of a level before "late"
        };
    assertThat(model(body).circle().orElseThrow())
        .extracting(Node::toString)
        .contains("late", "split/branch/first", "early");
    assertThatThrownBy(() -> Cycle.define("c", String.class, c -> nothingOf(c, body)))
        .isInstanceOf(PlanException.class)
        .hasMessageContaining("late -> split/branch/first (begin) -> early (wire) -> late (level)");
  }

  // ── between ──

  @Test
  void barrier_isAllBeforeAnyOfTheNext() {
    ReferenceModel model = model(c -> chain(c, "a", "b"));
    assertThat(before(model, "a", 2)).containsExactly("a@1", "b@1", "input@1");
    assertThat(before(model, "a", 1)).isEmpty();
    assertThat(model.units.window("")).isEqualTo(1);
  }

  @Test
  void pipelined_isWhoDependsOnItSoManyIterationsAgo_andItself() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.parallel().pipelined(2));
          Out<String> a = c.part("a", (String x) -> x, c.input());
          Out<String> b = c.part("b", (String x) -> x, a);
          c.part("d", () -> "").after(b);
        });
    assertThat(before(model, "a", 5)).containsExactly("a@4", "b@3");
    assertThat(before(model, "b", 5)).containsExactly("b@4");
    assertThat(before(model, "input", 5)).containsExactly("a@3", "input@4");
    assertThat(model.units.window("")).isEqualTo(3 * 2 + 1);
  }

  @Test
  void pipelined_keysOfTheRun_areUsedInOrderAcrossIterations() {
    Key<String> run = Key.ofRun("run", String.class, "");
    Key<String> own = Key.ofIteration("own", String.class);
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.parallel().pipelined(1));
          c.part("r", () -> "").reads(run);
          c.part("w", () -> "").writes(run);
          c.part("o", () -> "").writes(own);
          c.part("p", () -> "").reads(own);
        });
    assertThat(before(model, "r", 3)).containsExactly("r@2", "w@2");
    assertThat(before(model, "w", 3)).containsExactly("r@2", "w@2");
    assertThat(before(model, "o", 3)).containsExactly("o@2");
    assertThat(before(model, "p", 3)).containsExactly("p@2");
  }

  @Test
  void pipelined_splits_keepTheirBarrierOrDistance() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.parallel().pipelined(3));
          chain(c, "a", "b");
          c.split("s", Sync.parallel().barrier(), s -> s.branch("x", x -> chain(x, "d", "e")));
          c.split("t", Sync.parallel().pipelined(1), t -> t.branch("y", y -> chain(y, "f", "g")));
        });
    assertThat(before(model, "a", 9)).containsExactly("a@8", "b@6");
    assertThat(before(model, "s/x/d", 9)).containsExactly("s/x/d@8", "s/x/e@8");
    assertThat(before(model, "s/x/e", 9)).containsExactly("s/x/d@8", "s/x/e@8");
    assertThat(before(model, "t/y/f", 9)).containsExactly("t/y/f@8", "t/y/g@8");
  }

  @Test
  void independent_branchesAreUnits_andTakenOutOfTheFirst() {
    ReferenceModel model =
        model(c -> {
          c.split(
              "s",
              Sync.independent(2),
              s -> {
                s.branch("x", x -> chain(x, "a", "b"));
                s.branch(
                    "y",
                    y -> {
                      part(y, "d");
                      y.split("t", Sync.parallel(), t -> t.branch("z", z -> part(z, "e")));
                    });
              });
          part(c, "f");
        });
    assertThat(model.units.names()).containsExactlyInAnyOrder("", "s/x", "s/y");
    assertThat(model.units.unitOf(model.node("s/y/t/z/e"))).isEqualTo("s/y");
    assertThat(model.units.group("s/x")).containsExactlyInAnyOrder("s/x", "s/y");
    assertThat(model.units.slack("s/x")).isEqualTo(2);
    assertThat(model.units.slack("")).isEqualTo(Sync.Independent.UNBOUNDED);
  }

  @Test
  void independent_asAWhole_unitsAreOutermostBranchesAndSingleParts() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.independent(0));
          part(c, "a");
          c.branch("x", x -> chain(x, "b", "d"));
          c.split(
              "s",
              Sync.parallel(),
              s -> {
                s.branch("y", y -> part(y, "e"));
                s.branch(
                    "z", z -> z.split("t", Sync.level(), t -> t.branch("u", u -> part(u, "f"))));
              });
        });
    assertThat(model.units.names()).containsExactlyInAnyOrder("a", "x", "s/y", "s/z");
    assertThat(model.units.unitOf(model.node("s/z/t/u/f"))).isEqualTo("s/z");
    assertThat(model.units.slack("a")).isZero();
    assertThat(model.units.group("a")).hasSize(4);
  }

  @Test
  void edges_betweenUnits_holdIfTheyCarryValues_andNotIfTheyOnlyOrder() {
    ReferenceModel model =
        model(c -> {
          Out<String> p = c.part("p", () -> "");
          Out<String> q = c.part("q", () -> "");
          c.split(
              "s",
              Sync.independent(),
              s -> s.branch("x", x -> x.part("a", (String v) -> v, p).after(q)));
        });
    assertThat(order(model)).isEmpty();
    assertThat(model.crossing).hasSize(1);
    assertThat(model.dropped).hasSize(1);
    assertThat(model.units.startedBy("s/x")).extracting(Node::toString).containsExactly("p");
  }

  @Test
  void cycle_thatSaysABarrier_replacesIndependence() {
    ReferenceModel model =
        model(c -> {
          c.sync(Sync.INHERITED.barrier());
          c.split("s", Sync.independent(), s -> s.branch("x", x -> part(x, "a")));
        });
    assertThat(model.units.names()).containsExactly("");
  }
}
