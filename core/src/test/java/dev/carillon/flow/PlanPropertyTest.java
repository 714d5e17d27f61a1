package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What holds for every plan. */
@Covers("S19")
class PlanPropertyTest {

  /** Adds random parts and branches, such as contradict nothing but now and then. */
  private static final class Randomly {
    private static final Key<Integer> KEY = Key.ofRun("key", Integer.class, 0);
    private final Gen gen;
    private final List<Out<Integer>> all = new ArrayList<>();
    private int count;

    Randomly(Gen gen) {
      this.gen = gen;
    }

    void define(Definition<Integer> c) {
      all.add(c.input());
      if (gen.chance(0.5)) {
        c.sync(sync());
      }
      fill(c, 3);
    }

    private Sync sync() {
      Sync sync = gen.oneOf(Sync.level(), Sync.parallel(), Sync.sequential(), Sync.INHERITED);
      return switch (gen.intBetween(0, 6)) {
        case 0 -> sync.barrier();
        case 1 -> sync.pipelined(gen.intBetween(1, 3));
        case 2 -> sync.between(new Sync.Independent(gen.intBetween(0, 2)));
        case 3 -> sync.maxConcurrent(2);
        default -> sync;
      };
    }

    private void fill(Branch branch, int depth) {
      for (int i = gen.intBetween(1, 7); i > 0; i--) {
        if (depth > 0 && gen.chance(0.3)) {
          addBranch(branch, depth);
        } else {
          all.add(part(branch, "p" + count++));
        }
      }
    }

    private void addBranch(Branch branch, int depth) {
      Out<Integer> root = gen.oneOf(all);
      Branch added;
      if (gen.chance(0.5)) {
        int branches = gen.intBetween(0, 3);
        Split split =
            branch.split(
                "s" + count++,
                sync(),
                s -> {
                  for (int b = 0; b < branches; b++) {
                    s.branch("b" + b, inner -> fill(inner, depth - 1));
                  }
                });
        if (gen.chance(0.3)) {
          split.under(root).when(_ -> true);
        }
        return;
      }
      added = branch.branch("b" + count++, b -> fill(b.sync(sync()), depth - 1));
      if (gen.chance(0.4)) {
        added.under(root);
      }
      if (gen.chance(0.3)) {
        added.when(_ -> true);
      }
    }

    private Out<Integer> part(Branch branch, String name) {
      Out<Integer> part =
          switch (gen.intBetween(0, 4)) {
            case 0 -> branch.part(name, () -> 1);
            case 1 -> branch.part(name, x -> x, gen.oneOf(all));
            case 2 -> branch.part(name, Integer::sum, gen.oneOf(all), gen.oneOf(all));
            case 3 -> branch.anySuccess(name, List::size, List.of(gen.oneOf(all)));
            default -> branch.always(name, List::size, List.of(gen.oneOf(all), gen.oneOf(all)));
          };
      if (gen.chance(0.1)) {
        part.after(gen.oneOf(all));
      }
      if (gen.chance(0.2)) {
        part = gen.chance(0.5) ? part.writes(KEY) : part.reads(KEY);
      }
      return part;
    }
  }

  /** Draws all pairs, as the meaning of cycles says it, and what follows from them. */
  private static boolean[][] expectedOrder(CycleDraft draft, CompiledPlan plan) {
    int parts = plan.names.length;
    boolean[][] before = new boolean[parts][parts];
    BranchTree tree = new BranchTree(draft.root);
    for (int one = 1; one < parts; one++) {
      for (int other = 1; other < parts; other++) {
        PartDraft<?> a = draft.parts.get(one);
        PartDraft<?> b = draft.parts.get(other);
        before[one][other] =
            isWired(a, b) || isInOrder(tree, a, b, plan) || (one < other && areByKey(a, b));
      }
    }
    for (PlannedPart part : plan.parts()) {
      for (String needed : part.dependsOn()) {
        before[List.of(plan.names).indexOf(needed)][List.of(plan.names).indexOf(part.name())] =
            true;
      }
    }
    return before;
  }

  private static boolean isWired(PartDraft<?> a, PartDraft<?> b) {
    RulesDraft rules = b.rulesIfAny();
    return b.inputs.stream().anyMatch(in -> PartDraft.of(in) == a)
        || (rules != null && rules.after.contains(a));
  }

  private static boolean areByKey(PartDraft<?> a, PartDraft<?> b) {
    return usesKey(a) && usesKey(b) && (writesKey(a) || writesKey(b));
  }

  private static boolean usesKey(PartDraft<?> part) {
    RulesDraft rules = part.rulesIfAny();
    return writesKey(part) || (rules != null && !rules.readKeys.isEmpty());
  }

  private static boolean writesKey(PartDraft<?> part) {
    RulesDraft rules = part.rulesIfAny();
    return rules != null && !rules.writtenKeys.isEmpty();
  }

  /** {@return whether the innermost branch around two parts has one come before the other} */
  private static boolean isInOrder(
      BranchTree tree, PartDraft<?> a, PartDraft<?> b, CompiledPlan plan) {
    BranchDraft<?> around = tree.draft(tree.common(tree.number(a.branch), tree.number(b.branch)));
    return switch (orderOf(around)) {
      case PARALLEL -> false;
      case LEVEL -> plan.levels[a.id] < plan.levels[b.id];
      case SEQUENTIAL -> childIndex(around, a) < childIndex(around, b);
    };
  }

  private static Sync.Order orderOf(BranchDraft<?> branch) {
    Sync.Order whole = branch.cycle.root.sync.order();
    BranchDraft<?> b = branch;
    while (whole == null && b != null) {
      whole = b.sync.order();
      b = b.parent;
    }
    return whole == null ? Sync.Order.PARALLEL : whole;
  }

  private static int childIndex(BranchDraft<?> around, PartDraft<?> part) {
    Object child = part;
    BranchDraft<?> branch = part.branch;
    while (branch != around) {
      child = branch;
      branch = Objects.requireNonNull(branch.parent);
    }
    return around.children.indexOf(child);
  }

  private static void close(boolean[][] before) {
    for (int via = 0; via < before.length; via++) {
      for (boolean[] row : before) {
        for (int to = 0; row[via] && to < row.length; to++) {
          row[to] |= before[via][to];
        }
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> anyPlanOfOneUnit_ordersWhatItShouldAndNothingElse() {
    return Property.check(
        "a plan orders what wires, keys and branches say, and what follows",
        500,
        gen -> {
          var random = new Randomly(gen);
          CycleDraft draft =
              LocalCycle.<Integer, Done>draft(
                  "c",
                  c -> {
                    random.define(c);
                    return c.nothing();
                  });
          CompiledPlan plan;
          try {
            plan = PlanCompiler.compile(draft);
          } catch (PlanException e) {
            return; // of which another property tells
          }
          if (plan.units.length > 1) {
            return;
          }
          boolean[][] expected = expectedOrder(draft, plan);
          close(expected);
          var shape = new Shape(plan);
          for (int one = 1; one < expected.length; one++) {
            for (int other = 1; other < expected.length; other++) {
              assertThat(shape.isBefore(plan.names[one], plan.names[other]))
                  .as("%s before %s", plan.names[one], plan.names[other])
                  .isEqualTo(expected[one][other]);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> anyPlan_isWhole() {
    return Property.check(
        "a plan begins at its sources, leads to its ends, and counts right",
        500,
        gen -> {
          var random = new Randomly(gen);
          CompiledPlan plan;
          try {
            plan =
                (CompiledPlan)
                    Cycle.define(
                            "c",
                            Integer.class,
                            c -> {
                              random.define(c);
                              return c.nothing();
                            })
                        .plan();
          } catch (PlanException e) {
            assertThat(e).hasMessageContaining(" -> ");
            return;
          }
          boolean[] isThere = new boolean[plan.names.length];
          for (UnitPlan unit : plan.units) {
            assertWhole(unit);
            for (int node = 0; node < unit.nodes(); node++) {
              int part = unit.part(node, plan.names.length);
              if (part >= 0) {
                assertThat(isThere[part]).isFalse();
                isThere[part] = true;
                assertThat(plan.unitOf(part)).isEqualTo(unit.index);
                assertThat(plan.nodeOf(part)).isEqualTo(node);
              }
            }
          }
          assertThat(isThere).doesNotContain(false);
          assertThat(plan.parts()).hasSize(plan.size());
          assertThat(plan.diff(plan).isEmpty()).isTrue();
        });
  }

  /**
   * Everything is reached from the source, in some order, and reaches the end; counts are right.
   */
  private static void assertWhole(UnitPlan unit) {
    int nodes = unit.nodes();
    int[] missing = unit.arrivals.clone();
    boolean[] leadsOn = new boolean[nodes];
    var order = new IntList();
    order.add(0);
    int inputs = 0;
    assertThat(missing[0]).isZero();
    for (int next = 0; next < order.size(); next++) {
      int node = order.get(next);
      for (int i = unit.outStart[node]; i < unit.outStart[node + 1]; i++) {
        int to = unit.outs[i] >> 1;
        inputs += (unit.outs[i] & UnitPlan.ORDER) == 0 ? 1 : 0;
        leadsOn[node] = true;
        if (--missing[to] == 0) {
          order.add(to);
        }
      }
    }
    assertThat(order.size()).isEqualTo(nodes); // so there is no circle
    assertThat(missing).containsOnly(0);
    leadsOn[unit.end()] = !leadsOn[unit.end()];
    assertThat(leadsOn).containsOnly(true); // without circles, all leads to the end
    int outside = 0;
    for (int in : unit.ins) {
      outside += in < 0 ? 1 : 0;
      assertThat(in < 0 ? ~in < unit.externals.length : in < nodes).isTrue();
    }
    assertThat(inputs + outside).isEqualTo(unit.ins.length);
    assertThat(unit.inStart[nodes]).isEqualTo(unit.ins.length);
    assertThat(unit.reach).isLessThan(unit.window);
  }

  @Test
  void plan_ofManyParts_isAsLargeAsItsParts() {
    int width = 1000;
    int height = 100;
    CompiledPlan plan =
        Shape.plan(c -> {
          List<Out<Integer>> row = new ArrayList<>();
          for (int x = 0; x < width; x++) {
            row.add(c.part("0 " + x, () -> 1));
          }
          for (int y = 1; y < height; y++) {
            List<Out<Integer>> next = new ArrayList<>();
            for (int x = 0; x < width; x++) {
              Out<Integer> other = row.get((x + 1) % width);
              next.add(c.part(y + " " + x, Integer::sum, row.get(x), other));
            }
            row = next;
          }
        });
    UnitPlan unit = plan.units[0];
    assertThat(plan.size()).isEqualTo(width * height);
    assertThat(plan.levels[plan.size()]).isEqualTo(height);
    assertThat(unit.ins).hasSize(2 * width * (height - 1));
    assertThat(unit.nodes()).isEqualTo(width * height + 2 + 16); // 16 joins for 1,000 sinks
    assertThat(unit.rules).containsOnlyNulls();
    assertWhole(unit);
  }

  @Test
  void rules_ofManyPartsInABranch_areShared() {
    CompiledPlan plan =
        Shape.plan(c -> {
          c.onError(OnError.skip());
          for (int i = 0; i < 1000; i++) {
            c.part("p" + i, () -> 1);
          }
        });
    PartRules first = plan.units[0].rules[1];
    assertThat(first).isNotNull();
    assertThat(first.onError()).isEqualTo(OnError.skip());
    for (int part = 1; part <= 1000; part++) {
      assertThat(plan.units[0].rules[part]).isSameAs(first);
    }
  }
}
