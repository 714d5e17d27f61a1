package dev.carillon.flow;

import java.util.Arrays;

/** The edges of a unit, within an iteration, from where they lead to. */
final class Predecessors {
  private final int[] starts; // where those of each node begin; nodes + 1
  private final int[] from;

  Predecessors(UnitPlan unit) {
    starts = new int[unit.nodes() + 1];
    for (int out : unit.outs) {
      starts[(out >> 1) + 1]++;
    }
    for (int node = 0; node < unit.nodes(); node++) {
      starts[node + 1] += starts[node];
    }
    int[] next = Arrays.copyOf(starts, unit.nodes());
    from = new int[unit.outs.length];
    for (int node = 0; node < unit.nodes(); node++) {
      for (int i = unit.outStart[node]; i < unit.outStart[node + 1]; i++) {
        from[next[unit.outs[i] >> 1]++] = node;
      }
    }
  }

  /** {@return the nodes from which edges lead to a node} */
  int[] of(int node) {
    return Arrays.copyOfRange(from, starts[node], starts[node + 1]);
  }
}
