package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.schedule.Late;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** When the parts of a plan are due, by the deadlines of what comes after them. */
@Covers("C23")
class DeadlinesTest {

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  /** {@return when a part is due, as its plan says} */
  private static Optional<Duration> due(Plan plan, String part) {
    return plan.part(part).policy().stream()
        .filter(words -> words.startsWith("due "))
        .map(words -> Duration.parse(words.split(" ")[1]))
        .findFirst();
  }

  private static Plan plan(Consumer<Definition<Done>> body) {
    return Cycle.of("c", body).plan();
  }

  @Test
  void part_isDueEarlier_byTheCostsOfWhatComesAfterIt() {
    Plan plan =
        plan(c -> {
          var a = c.part("a", () -> 1).cost(ms(100));
          var b = c.part("b", x -> x, a).cost(ms(20));
          var other = c.part("other", x -> x, a).cost(ms(300));
          c.part("last", Integer::sum, b, b).cost(ms(5)).deadline(ms(1_000));
          c.part("free", x -> x, other);
        });
    assertThat(due(plan, "last")).contains(ms(1_000));
    assertThat(due(plan, "b")).contains(ms(995));
    assertThat(due(plan, "a")).contains(ms(975));
    assertThat(due(plan, "other")).isEmpty();
    assertThat(due(plan, "free")).isEmpty();
    assertThat(plan.findings()).isEmpty();
  }

  @Test
  void part_ownDeadline_earlierThanThatOfWhatComesAfter_counts() {
    Plan plan =
        plan(c -> {
          var a = c.part("a", () -> 1).deadline(ms(10));
          c.part("b", x -> x, a).cost(ms(5)).deadline(ms(100));
        });
    assertThat(due(plan, "a")).contains(ms(10));
  }

  @Test
  void branch_deadline_holdsForAllInIt_andTheEarliestOfSeveralCounts() {
    Plan plan =
        plan(c -> {
          c.deadline(ms(100));
          c.act("outside", () -> {});
          c.split(
                  "s",
                  Sync.parallel(),
                  s -> {
                    s.branch("x", b -> b.act("early", () -> {}).deadline(ms(20)))
                        .deadline(ms(30))
                        .anyway("end", () -> {});
                    s.branch("y", b -> b.act("late", () -> {}).deadline(ms(200)));
                  })
              .deadline(ms(50));
        });
    assertThat(due(plan, "outside")).contains(ms(100));
    assertThat(due(plan, "s/x/early")).contains(ms(20));
    assertThat(due(plan, "s/y/late")).contains(ms(50));
  }

  @Test
  void order_andLevels_handDeadlinesOn_asWiresDo() {
    Plan plan =
        plan(c -> {
          c.sync(Sync.level());
          var a = c.part("a", () -> 1);
          c.act("beside", () -> {}).cost(ms(1));
          c.part("b", x -> x, a).cost(ms(5)).deadline(ms(50));
        });
    assertThat(due(plan, "a")).contains(ms(45));
    assertThat(due(plan, "beside")).as("the next level waits for it").contains(ms(45));
  }

  @Test
  void cycleInACycle_isDueAsABranchIs() {
    Cycle<Done, Integer> inner =
        Cycle.supply(
            "inner",
            c -> {
              c.deadline(ms(30));
              return c.part("a", () -> 1).cost(ms(1));
            });
    Plan plan =
        plan(c -> c.part("b", x -> x, c.add(inner, c.input())).cost(ms(5)).deadline(ms(100)));
    assertThat(due(plan, "inner/a")).contains(ms(30));
  }

  @Test
  void loopUnits_haveTimesOfTheirOwn() {
    Plan plan =
        plan(c ->
            c.split(
                "s",
                Sync.independent(),
                s -> {
                  var a = new ArrayList<Out<Integer>>();
                  s.branch("x", b -> a.add(b.part("a", () -> 1)));
                  s.branch("y", b -> b.part("b", v -> v, a.getFirst()).deadline(ms(7)));
                }));
    assertThat(due(plan, "s/y/b")).contains(ms(7));
    assertThat(due(plan, "s/x/a")).isEmpty();
  }

  @Test
  void deadline_thatCannotBeKept_isAFinding() {
    Plan plan =
        plan(c -> {
          var a = c.part("a", () -> 1).cost(ms(100));
          c.part("b", x -> x, a).cost(ms(20)).deadline(ms(119));
          c.part("good", x -> x, a).cost(ms(20)).deadline(ms(120));
          c.branch("x", b -> b.part("d", v -> v, a).cost(ms(3))).deadline(ms(102));
        });
    assertThat(plan.findings())
        .containsExactly(
            "\"b\" is due PT0.119S after the iteration began, and with what comes before it is said"
                + " to cost PT0.12S",
            "\"x\" is due PT0.102S after the iteration began, and with what comes before it is said"
                + " to cost PT0.103S");
    assertThat(due(plan, "a")).contains(ms(99));
  }

  @Test
  void settings_outsideTheirRange_areRefused_andShownInThePlan() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(c -> c.act("a", () -> {}).deadline(Duration.ZERO)))
        .withMessage("deadline must be positive: deadline=PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(c -> c.deadline(ms(-1))))
        .withMessage("deadline must be positive: deadline=PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RunOptions.DEFAULT.deadline(Duration.ZERO))
        .withMessage("deadline must be positive: deadline=PT0S");
    Plan plan =
        plan(c -> {
          c.act("a", () -> {}).late(Late.DROP);
          c.act("b", () -> {}).late(Late.DOWNGRADE).deadline(Duration.ofDays(1_000_000));
        });
    assertThat(plan.part("a").policy()).containsExactly("dropped if late");
    assertThat(plan.part("b").policy()).contains("in the lowest band if late");
    assertThat(due(plan, "b")).as("as far away as can be told").isPresent();
  }

  // ── any graph ──

  /** A part of a random graph, and what follows from its definition, in obvious code. */
  private static final class Node {
    final List<Node> next = new ArrayList<>();
    long cost;
    long deadline;

    long due() {
      long due = deadline;
      for (Node after : next) {
        long its = after.due();
        due = its == Long.MAX_VALUE ? due : Math.min(due, its - after.cost);
      }
      return due;
    }

    long tail() {
      return next.stream().mapToLong(after -> after.tail() + after.cost).max().orElse(0);
    }
  }

  @TestFactory
  Stream<DynamicTest> anyGraph_isDueAsTheFormulaSays() {
    return Property.check("a part is due as the formula says", 200, DeadlinesTest::checkGraph);
  }

  private static void checkGraph(Gen gen) {
    var nodes = new ArrayList<Node>();
    Plan plan =
        plan(c -> {
          var parts = new ArrayList<Out<Integer>>();
          for (int i = gen.intBetween(1, 12); i > 0; i--) {
            addPart(gen, c, parts, nodes);
          }
        });
    var compiled = (CompiledPlan) plan;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      Optional<Duration> expected =
          node.due() == Long.MAX_VALUE ? Optional.empty() : Optional.of(ms(node.due()));
      assertThat(due(plan, "p" + i)).as("p" + i).isEqualTo(expected);
      PartRules rules = compiled.units[0].rules[i + 1];
      if (rules != null && rules.isManaged()) {
        assertThat(rules.tailNanos()).as("tail of p" + i).isEqualTo(ms(node.tail()).toNanos());
      }
    }
  }

  private static void addPart(
      Gen gen, Definition<Done> c, List<Out<Integer>> parts, List<Node> nodes) {
    var node = new Node();
    node.deadline = gen.chance(0.3) ? gen.intBetween(1, 200) : Long.MAX_VALUE;
    node.cost = gen.chance(0.6) ? gen.intBetween(1, 50) : 0;
    Out<Integer> part = c.part("p" + parts.size(), () -> 1).cost(ms(node.cost));
    if (node.deadline != Long.MAX_VALUE) {
      part = part.deadline(ms(node.deadline));
    }
    for (int i = 0; i < parts.size(); i++) {
      if (gen.chance(0.3)) {
        part = part.after(parts.get(i));
        nodes.get(i).next.add(node);
      }
    }
    parts.add(part);
    nodes.add(node);
  }
}
