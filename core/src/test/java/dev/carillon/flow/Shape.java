package dev.carillon.flow;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** What tests ask about a compiled plan: who has to wait for whom, by name. */
final class Shape {
  private final CompiledPlan plan;

  Shape(CompiledPlan plan) {
    this.plan = plan;
  }

  static CompiledPlan plan(Consumer<? super Definition<Done>> body) {
    return (CompiledPlan) Cycle.of("c", body).plan();
  }

  static Shape of(Consumer<? super Definition<Done>> body) {
    return new Shape(plan(body));
  }

  int part(String name) {
    for (int part = 0; part < plan.names.length; part++) {
      if (plan.names[part].equals(name)) {
        return part;
      }
    }
    throw new IllegalArgumentException("no such part: " + name);
  }

  int node(String name) {
    UnitPlan unit = plan.units[0];
    for (int node = 0; node < unit.nodes(); node++) {
      if (plan.nameOf(0, node).equals(name)) {
        return node;
      }
    }
    throw new IllegalArgumentException("no such node: " + name);
  }

  /** {@return whether a part waits for another of the same unit, directly or not} */
  boolean isBefore(String first, String second) {
    UnitPlan unit = plan.units[plan.unitOf(part(first))];
    boolean[] isReached = new boolean[unit.nodes()];
    var open = new IntList();
    open.add(plan.nodeOf(part(first)));
    while (!open.isEmpty()) {
      int node = open.get(open.size() - 1);
      open.shorten(open.size() - 1);
      for (int i = unit.outStart[node]; i < unit.outStart[node + 1]; i++) {
        int to = unit.outs[i] >> 1;
        if (!isReached[to]) {
          isReached[to] = true;
          open.add(to);
        }
      }
    }
    return isReached[plan.nodeOf(part(second))];
  }

  /** {@return what has success as a condition of a node's, by name, in the order of its inputs} */
  String needs(String name) {
    UnitPlan unit = plan.units[0];
    int node = node(name);
    var text = new StringBuilder();
    for (int i = unit.inStart[node]; i < unit.inStart[node + 1]; i++) {
      text.append(text.isEmpty() ? "" : " ").append(plan.nameOf(0, unit.ins[i]));
    }
    return text.toString();
  }

  /** {@return the edges to later iterations, as {@code from->to+distance}} */
  Set<String> cross() {
    UnitPlan unit = plan.units[0];
    var edges = new TreeSet<String>();
    int[] start = unit.crossStart;
    int[] to = unit.crossTo;
    int[] distance = unit.crossDistance;
    for (int node = 0;
        start != null && to != null && distance != null && node < unit.nodes();
        node++) {
      for (int i = start[node]; i < start[node + 1]; i++) {
        edges.add(plan.nameOf(0, node) + "->" + plan.nameOf(0, to[i]) + "+" + distance[i]);
      }
    }
    return edges;
  }

  CompiledPlan plan() {
    return plan;
  }
}
