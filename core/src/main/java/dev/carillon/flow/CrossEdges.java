package dev.carillon.flow;

import java.util.Arrays;

/** The edges of a pipeline from one iteration to a later one. */
final class CrossEdges {
  /*
   * For each D edge p -> c, one from c to p, by the distance of the innermost branch around both; so p
   * is not further ahead. For each node that does something, one to itself, unless another says more:
   * no part overlaps itself. For keys, see KeyOrder, and for branches with a barrier, OrderDrawer.
   *
   * At most a window of iterations is under way. So what leads as far as that holds anyway, and is
   * left out. Of two edges between the same nodes the shorter one says all.
   */
  private final PlanGraph graph;
  private final boolean isPipelined;
  private final int window;
  private final IntList from = new IntList();
  private final IntList to = new IntList();
  private final IntList distance = new IntList();

  CrossEdges(PlanGraph graph, int[] levels) {
    this.graph = graph;
    this.isPipelined = graph.axes.between instanceof Sync.Pipelined;
    this.window =
        isPipelined
            ? Math.min(Arrays.stream(levels).max().orElse(0), 8) * graph.axes.distance[0] + 1
            : 1;
  }

  boolean isPipelined() {
    return isPipelined;
  }

  void add(int source, int target, int iterations) {
    if (isPipelined && iterations < window) {
      from.add(source);
      to.add(target);
      distance.add(iterations);
    }
  }

  private void drawConsumers() {
    Edges edges = graph.edges;
    boolean[] isBehind = new boolean[graph.nodes()]; // itself, as who takes its value is
    for (int e = 0; e < edges.size(); e++) {
      if (edges.carriesSuccess(e)) {
        int producer = edges.from(e);
        int consumer = edges.to(e);
        int branch =
            producer == 0 ? 0 : graph.tree.common(graph.branch(producer), graph.branch(consumer));
        int d = graph.axes.distance[branch];
        if (d > 0) {
          add(consumer, producer, d);
        }
        isBehind[producer] |= d <= 1;
      }
    }
    for (int node = 1; node < graph.nodes(); node++) {
      if (graph.isNamed(node) && !isBehind[node] && graph.axes.distance[graph.branch(node)] > 0) {
        add(node, node, 1);
      }
    }
  }

  /** Writes the edges into a unit with the same numbers of nodes. */
  void layOut(UnitPlan.Builder unit) {
    if (!isPipelined) {
      return;
    }
    drawConsumers();
    int nodes = unit.forms.length;
    int[] start = new int[nodes + 1];
    int[] bySource = sortedBySource(start);
    int[] crossTo = new int[bySource.length];
    int[] crossDistance = new int[bySource.length];
    int[] place =
        new int[nodes]; // where the edge to a node is, if it is one of the node in question
    Arrays.fill(place, -1);
    int[] inCount = new int[nodes + 1];
    int kept = 0;
    for (int node = 0; node < nodes; node++) {
      int first = kept;
      for (int i = start[node]; i < start[node + 1]; i++) {
        int target = to.get(bySource[i]);
        int d = distance.get(bySource[i]);
        if (place[target] >= first) {
          crossDistance[place[target]] = Math.min(crossDistance[place[target]], d);
        } else {
          place[target] = kept;
          crossTo[kept] = target;
          crossDistance[kept++] = d;
          inCount[target + 1]++;
        }
      }
      start[node] = first;
    }
    start[nodes] = kept;
    unit.between = graph.axes.between;
    unit.window = window;
    unit.crossStart = start;
    unit.crossTo = Arrays.copyOf(crossTo, kept);
    unit.crossDistance = Arrays.copyOf(crossDistance, kept);
    unit.reach = Arrays.stream(unit.crossDistance).max().orElse(0);
    layOutIns(unit, inCount, unit.crossTo, unit.crossDistance);
  }

  private static void layOutIns(UnitPlan.Builder unit, int[] start, int[] targets, int[] d) {
    for (int node = 1; node < start.length; node++) {
      start[node] += start[node - 1];
    }
    int[] next = start.clone();
    int[] distances = new int[targets.length];
    for (int i = 0; i < targets.length; i++) {
      distances[next[targets[i]]++] = d[i];
    }
    unit.crossInStart = start;
    unit.crossInDistance = distances;
  }

  private int[] sortedBySource(int[] start) {
    for (int i = 0; i < from.size(); i++) {
      start[from.get(i) + 1]++;
    }
    for (int node = 1; node < start.length; node++) {
      start[node] += start[node - 1];
    }
    int[] next = start.clone();
    int[] sorted = new int[from.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[next[from.get(i)]++] = i;
    }
    return sorted;
  }
}
