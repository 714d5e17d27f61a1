package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.Arrays;

/** The shortest circle in a graph; prints as its nodes, with why each waits for the one before. */
final class Circle {
  /*
   * From each node that is left when all that can be sorted is taken away, the shortest way back is
   * searched, breadth first, and no longer than the shortest known. Steps onto joins are free, as
   * they are not printed; these go to the front of the queue. The search gives up looking for
   * shorter ones after a number of steps that takes about a second.
   */
  private static final long MOST_STEPS = 50_000_000;

  private final PlanGraph graph;
  private final int[] start;
  private final int[] byStart;
  private final int[] missing; // more than 0: the node is on a circle or behind one
  private final int[] length; // of the way from the node in question
  private final int[] through; // the edge by which the way comes
  private final IntList reached = new IntList();
  private long steps;

  private int shortest = Integer.MAX_VALUE;
  private IntList circle = new IntList(); // edges, the last first

  Circle(PlanGraph graph, int[] start, int[] byStart, int[] missing) {
    this.graph = graph;
    this.start = start;
    this.byStart = byStart;
    this.missing = missing;
    length = new int[missing.length];
    through = new int[missing.length];
    Arrays.fill(length, Integer.MAX_VALUE);
    for (int node = 0; node < missing.length; node++) {
      if (missing[node] > 0 && cost(node) == 1 && (steps < MOST_STEPS || circle.isEmpty())) {
        search(node);
      }
    }
  }

  private int cost(int node) {
    return graph.isNamed(node) ? 1 : 0;
  }

  private void search(int origin) {
    var queue = new ArrayDeque<Integer>();
    queue.add(origin);
    int wayLength = 0;
    boolean isOrigin = true;
    while (!queue.isEmpty()) {
      int node = queue.poll();
      wayLength = isOrigin ? 0 : length[node];
      isOrigin = false;
      for (int i = start[node]; i < start[node + 1]; i++) {
        steps++;
        int to = graph.edges.to(byStart[i]);
        int longer = wayLength + cost(to);
        if (missing[to] > 0 && longer < length[to] && longer < shortest) {
          if (length[to] == Integer.MAX_VALUE) {
            reached.add(to);
          }
          length[to] = longer;
          through[to] = byStart[i];
          if (to == origin) {
            keep(origin, longer);
          } else if (longer == wayLength) {
            queue.addFirst(to);
          } else {
            queue.addLast(to);
          }
        }
      }
    }
    for (int i = 0; i < reached.size(); i++) {
      length[reached.get(i)] = Integer.MAX_VALUE;
    }
    reached.shorten(0);
  }

  private void keep(int origin, int itsLength) {
    shortest = itsLength;
    circle = new IntList();
    int node = origin;
    do {
      circle.add(through[node]);
      node = graph.edges.from(through[node]);
    } while (node != origin);
  }

  @Override
  public String toString() {
    Edges edges = graph.edges;
    var text = new StringBuilder(graph.name(edges.to(circle.get(0))));
    for (int i = circle.size() - 1; i >= 0; i--) {
      int to = edges.to(circle.get(i));
      if (cost(to) == 1) {
        text.append(" -> ").append(graph.name(to));
        text.append(" (").append(edges.why(circle.get(i)).word).append(')');
      }
    }
    return text.toString();
  }
}
