package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.Arrays;

/** The order in which the nodes of a graph can be, and levels by that. */
final class Topology {
  /*
   * Kahn's algorithm (1962). What can be is easily seen to be sorted: in most definitions all edges
   * lead from a part to one that was added later, and are drawn in the order of their targets.
   */
  private Topology() {}

  /**
   * {@return the levels of the parts, by the edges that a person has drawn}
   *
   * @throws PlanException if they are a circle
   */
  static int[] levels(PlanGraph graph) {
    Edges edges = graph.edges;
    int[] levels = new int[graph.nodes()];
    for (int part = 1; part < graph.parts; part++) {
      levels[part] = 1;
    }
    if (isSorted(edges)) {
      for (int e = 0; e < edges.size(); e++) {
        raise(graph, levels, edges.from(e), edges.to(e));
      }
    } else {
      int[] start = edges.starts(graph.nodes(), true);
      int[] byStart = edges.byStart(start, true);
      for (int node : sorted(graph, start, byStart)) {
        for (int i = start[node]; i < start[node + 1]; i++) {
          raise(graph, levels, node, edges.to(byStart[i]));
        }
      }
    }
    return Arrays.copyOf(levels, graph.parts);
  }

  private static void raise(PlanGraph graph, int[] levels, int from, int to) {
    int least = to < graph.parts ? levels[from] + 1 : levels[from]; // guards have no level
    levels[to] = Math.max(levels[to], least);
  }

  private static boolean isSorted(Edges edges) {
    int last = 0;
    for (int e = 0; e < edges.size(); e++) {
      int to = edges.to(e);
      if (to < last || edges.from(e) >= to) {
        return false;
      }
      last = to;
    }
    return true;
  }

  /**
   * Checks that nothing waits for itself.
   *
   * @throws PlanException if something does
   */
  static void check(PlanGraph graph) {
    Edges edges = graph.edges;
    boolean isForward = true;
    for (int e = 0; e < edges.size() && isForward; e++) {
      isForward = edges.from(e) < edges.to(e);
    }
    if (!isForward) {
      int[] start = edges.starts(graph.nodes(), true);
      sorted(graph, start, edges.byStart(start, true));
    }
  }

  /**
   * {@return the nodes, each behind what its edges come from}
   *
   * @param start of each node where its edges begin, by their sources
   * @param byStart the edges in that order
   * @throws PlanException if there is a circle
   */
  static int[] sorted(PlanGraph graph, int[] start, int[] byStart) {
    Edges edges = graph.edges;
    int nodes = graph.nodes();
    int[] missing = new int[nodes];
    for (int e = 0; e < edges.size(); e++) {
      missing[edges.to(e)]++;
    }
    int[] sorted = new int[nodes];
    int found = 0;
    for (int node = 0; node < nodes; node++) {
      if (missing[node] == 0) {
        sorted[found++] = node;
      }
    }
    for (int next = 0; next < found; next++) {
      int node = sorted[next];
      for (int i = start[node]; i < start[node + 1]; i++) {
        int to = edges.to(byStart[i]);
        if (--missing[to] == 0) {
          sorted[found++] = to;
        }
      }
    }
    if (found < nodes) {
      throw new PlanException(
          "a cycle must not contradict itself: %s: %s"
              .formatted(graph.draft.cycleName, new Circle(graph, start, byStart, missing)));
    }
    return sorted;
  }

  /** Drops edges that order parts of different loop units, which do not hold. */
  static void dropBetweenUnits(PlanGraph graph) {
    Edges edges = graph.edges;
    int kept = 0;
    for (int e = 0; e < edges.size(); e++) {
      int from = edges.from(e);
      int to = edges.to(e);
      if (edges.carriesSuccess(e) || graph.unit(from) == graph.unit(to)) {
        edges.move(e, kept++);
      } else {
        String what = edges.why(e) == Why.READS ? "reading \"%s\"" : "coming after \"%s\"";
        graph.findings.add(
            "\"%s\" does not wait for what it says, %s, which repeats by itself"
                .formatted(graph.name(to), what.formatted(graph.name(from))));
      }
    }
    edges.shorten(kept);
  }
}
