package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A compiled plan as its parts, with names instead of numbers. */
final class PlanView {
  /*
   * Joins are looked through: who comes after one comes after what is before it. What is before a
   * join is found once, and shared by all behind it, so that a barrier does not take room for each
   * pair.
   */
  private final CompiledPlan plan;
  private final int[] positions;
  private final Before[] before; // of each unit

  PlanView(CompiledPlan plan) {
    this.plan = plan;
    this.before = new Before[plan.units.length];
    Arrays.setAll(before, unit -> new Before(plan.units[unit], plan));
    positions = new int[plan.levels.length];
    int[] counts = new int[Arrays.stream(plan.levels).max().orElse(0) + 1];
    for (int part = 1; part < positions.length; part++) {
      positions[part] = ++counts[plan.levels[part]];
    }
  }

  PlannedPart part(int number) {
    UnitPlan unit = plan.units[plan.unitOf(number)];
    int node = plan.nodeOf(number);
    var needed = new TreeSet<Integer>();
    addNeeded(unit, node, needed);
    return new PlannedPart(
        plan.names[number],
        plan.levels[number],
        positions[number],
        unit.name,
        needed.stream().map(part -> plan.names[part]).toList(),
        before[unit.index].names(node, needed),
        PolicyWords.of(plan, unit.rules[node]));
  }

  /** Adds the parts whose success a node needs. */
  private void addNeeded(UnitPlan unit, int node, Set<Integer> parts) {
    for (int i = unit.inStart[node]; i < unit.inStart[node + 1]; i++) {
      int in = unit.ins[i];
      UnitPlan source = in < 0 ? plan.units[unit.externals[~in].unit()] : unit;
      int from = in < 0 ? unit.externals[~in].node() : in;
      int part = source.part(from, plan.names.length);
      if (part >= 0) {
        parts.add(part);
      } else {
        addNeeded(source, from, parts); // a guard, of which there are few in a row
      }
    }
  }

  /** What only orders, backwards. */
  private static final class Before {
    private final UnitPlan unit;
    private final CompiledPlan plan;
    private final int[] start;
    private final int[] sources;
    private final @Nullable Set<Integer>[] known; // of joins
    private final @Nullable List<String>[] knownNames;

    @SuppressWarnings({"unchecked", "rawtypes"}) // arrays of generic types
    Before(UnitPlan unit, CompiledPlan plan) {
      this.unit = unit;
      this.plan = plan;
      int nodes = unit.nodes();
      start = new int[nodes + 1];
      for (int out : unit.outs) {
        start[(out >> 1) + 1] += out & UnitPlan.ORDER;
      }
      for (int node = 0; node < nodes; node++) {
        start[node + 1] += start[node];
      }
      sources = new int[start[nodes]];
      int[] next = start.clone();
      for (int node = 0; node < nodes; node++) {
        for (int i = unit.outStart[node]; i < unit.outStart[node + 1]; i++) {
          if ((unit.outs[i] & UnitPlan.ORDER) != 0) {
            sources[next[unit.outs[i] >> 1]++] = node;
          }
        }
      }
      known = new Set[nodes];
      knownNames = new List[nodes];
    }

    /** {@return the names of what comes before a part, without those that it needs} */
    List<String> names(int node, Set<Integer> needed) {
      int count = start[node + 1] - start[node];
      if (count == 1) {
        int only = sources[start[node]];
        if (isJoin(only) && needed.isEmpty()) {
          List<String> names = knownNames[only];
          if (names == null) {
            names = names(parts(only));
            knownNames[only] = names;
          }
          return names;
        }
      }
      var parts = new TreeSet<Integer>();
      for (int i = start[node]; i < start[node + 1]; i++) {
        add(sources[i], parts);
      }
      parts.removeAll(needed);
      return names(parts);
    }

    private List<String> names(Set<Integer> parts) {
      return parts.stream().map(part -> plan.names[part]).toList();
    }

    private boolean isJoin(int node) {
      return unit.part(node, plan.names.length) < 0;
    }

    private void add(int node, Set<Integer> to) {
      if (isJoin(node)) {
        to.addAll(parts(node));
      } else if (node != 0 || unit.index != 0) {
        to.add(unit.part(node, plan.names.length));
      }
    }

    /**
     * {@return what a join stands for; joins lead to joins a few times only, or in a long chain}
     */
    private Set<Integer> parts(int join) {
      Set<Integer> done = known[join];
      if (done != null) {
        return done;
      }
      var parts = new TreeSet<Integer>();
      var open = new IntList(4);
      open.add(join);
      while (!open.isEmpty()) {
        int node = open.get(open.size() - 1);
        open.shorten(open.size() - 1);
        for (int i = start[node]; i < start[node + 1]; i++) {
          int source = sources[i];
          if (isJoin(source)) {
            open.add(source);
          } else if (source != 0) {
            parts.add(unit.part(source, plan.names.length));
          }
        }
      }
      known[join] = parts;
      return parts;
    }
  }

  List<PlannedPart> parts() {
    var parts = new ArrayList<PlannedPart>(positions.length);
    for (int part = 1; part < positions.length; part++) {
      parts.add(part(part));
    }
    return List.copyOf(parts);
  }
}
