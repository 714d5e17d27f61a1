package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.Arrays;

/** Gives each loop unit a source, from which all begins, and an end, to which all leads. */
final class UnitEnds {
  private UnitEnds() {}

  /** Adds the nodes and edges; {@return the source of each unit}. */
  static int[] draw(PlanGraph graph) {
    Edges edges = graph.edges;
    int units = graph.axes.units.size();
    int[] source = new int[units];
    for (int unit = 1; unit < units; unit++) {
      source[unit] = graph.newNode(0, unit);
    }
    boolean[] hasIn = new boolean[graph.nodes()];
    boolean[] hasOut = new boolean[graph.nodes()];
    int drawn = edges.size();
    for (int e = 0; e < drawn; e++) {
      int from = edges.from(e);
      int to = edges.to(e);
      if (graph.unit(from) == graph.unit(to)) {
        hasOut[from] = true;
        hasIn[to] = true;
      } else if (graph.unit(to) > 0) {
        edges.add(from, source[graph.unit(to)], Why.BEGIN);
      }
    }
    for (int first : source) {
      hasIn[first] = true;
    }
    IntList[] sinks = new IntList[units];
    Arrays.setAll(sinks, _ -> new IntList(4));
    for (int node = 0; node < hasIn.length; node++) {
      int unit = graph.unit(node);
      if (!hasIn[node]) {
        edges.add(source[unit], node, Why.BEGIN);
        hasOut[source[unit]] = true;
      }
    }
    for (int node = 0; node < hasOut.length; node++) {
      if (!hasOut[node]) {
        sinks[graph.unit(node)].add(node);
      }
    }
    for (int unit = 0; unit < units; unit++) {
      IntList last = graph.gathered(sinks[unit], 0, Why.END);
      int end = graph.newNode(0, unit);
      for (int i = 0; i < last.size(); i++) {
        edges.add(last.get(i), end, Why.END);
      }
    }
    return source;
  }
}
