package dev.carillon.flow;

import java.util.BitSet;

/** The parts below another: those that depend on it, directly or through others. */
final class Descendants {
  private Descendants() {}

  /** {@return their nodes, in the order of the plan; none if the part is of another unit} */
  static Iterable<Integer> of(UnitRun unit, CompiledPlan plan, int part) {
    UnitPlan nodes = unit.plan;
    var found = new BitSet(nodes.nodes());
    if (plan.unitOf(part) != nodes.index) {
      return () -> found.stream().iterator();
    }
    var open = new int[nodes.nodes()];
    int count = 0;
    open[count++] = plan.nodeOf(part);
    while (count > 0) {
      int node = open[--count];
      for (int i = nodes.outStart[node]; i < nodes.outStart[node + 1]; i++) {
        int successor = nodes.outs[i] >> 1;
        if ((nodes.outs[i] & UnitPlan.ORDER) == 0 && !found.get(successor)) {
          found.set(successor);
          open[count++] = successor;
        }
      }
    }
    return () -> found.stream().iterator();
  }
}
