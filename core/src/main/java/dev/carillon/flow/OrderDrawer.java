package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Draws the edges of the axis of order, and of branches in a pipeline that do not overlap. */
final class OrderDrawer {
  /*
   * From the innermost branches outwards. Of each branch that something around it is interested in,
   * two lists are kept: its first nodes, which no edge from within it leads to, and its last, from
   * which no edge leads on within it. To wait for the last is to wait for all, and if the first wait,
   * all do.
   *
   * As in WireDrawer, what decides is the depth of the innermost branch around both ends of an edge.
   * An edge to a join counts as one to the nodes behind it, which are in the branch that it was drawn
   * for.
   */
  private final PlanGraph graph;
  private final int[] levels;
  private final CrossEdges cross;
  private final BranchTree tree;
  private final int[] deepestIn; // of each node that is a part or a guard
  private final int[] deepestOut;
  private final @Nullable IntList[] first; // of each branch
  private final @Nullable IntList[] last;
  private final boolean[] isWanted; // of each branch: whether it or one around it draws edges

  private OrderDrawer(PlanGraph graph, int[] levels, CrossEdges cross) {
    this.graph = graph;
    this.levels = levels;
    this.cross = cross;
    this.tree = graph.tree;
    deepestIn = new int[graph.nodes()];
    deepestOut = new int[graph.nodes()];
    first = new IntList[tree.size()];
    last = new IntList[tree.size()];
    isWanted = new boolean[tree.size()];
  }

  static void draw(PlanGraph graph, int[] levels, CrossEdges cross) {
    var drawer = new OrderDrawer(graph, levels, cross);
    if (drawer.isAnyWanted()) {
      drawer.measure();
      for (int b = graph.tree.size() - 1; b >= 0; b--) {
        if (drawer.isWanted[b]) {
          drawer.draw(b);
        }
      }
    }
  }

  private boolean isAnyWanted() {
    boolean any = false;
    for (int b = 0; b < tree.size(); b++) {
      isWanted[b] =
          graph.axes.order[b] != Sync.Order.PARALLEL
              || graph.axes.isClosed[b]
              || (b > 0 && isWanted[tree.parent[b]]);
      any |= isWanted[b];
    }
    return any;
  }

  private void measure() {
    Arrays.fill(deepestIn, -1);
    Arrays.fill(deepestOut, -1);
    Edges edges = graph.edges;
    for (int e = 0; e < edges.size(); e++) {
      if (graph.unit(edges.from(e)) != graph.unit(edges.to(e))) {
        continue; // who waits for all of a unit does not wait for what others make of it
      }
      int depth = graph.commonDepth(edges.from(e), edges.to(e));
      deepestOut[edges.from(e)] = Math.max(deepestOut[edges.from(e)], depth);
      deepestIn[edges.to(e)] = Math.max(deepestIn[edges.to(e)], depth);
    }
  }

  private void draw(int b) {
    if (graph.axes.order[b] == Sync.Order.SEQUENTIAL) {
      drawSequence(b);
    } else if (graph.axes.order[b] == Sync.Order.LEVEL && isOutermostOfLevels(b)) {
      IntList followed = new LevelOrder(graph, levels, b).draw(this::drawLevel);
      raise(followed, deepestOut, tree.depth[b]);
    }
    IntList firstOf = new IntList();
    IntList lastOf = new IntList();
    int depth = tree.depth[b];
    int guard = graph.guardOf[b];
    if (guard >= 0) {
      collect(guard, depth, firstOf, lastOf);
    }
    for (Object child : tree.draft(b).children) {
      switch (child) {
        case PartDraft<?> part when isOwn(part, b) -> collect(part.id, depth, firstOf, lastOf);
        case BranchDraft<?> inner when isOwn(inner, b) -> {
          int number = tree.number(inner);
          collect(first[number], deepestIn, depth, firstOf);
          collect(last[number], deepestOut, depth, lastOf);
          first[number] = null;
          last[number] = null;
        }
        default -> {} // repeats by itself
      }
    }
    first[b] = firstOf;
    last[b] = lastOf;
    if (graph.axes.isClosed[b]) {
      close(b, firstOf, lastOf);
    }
  }

  private boolean isOwn(PartDraft<?> part, int b) {
    return graph.unit(part.id) == graph.axes.unit[b];
  }

  private boolean isOwn(BranchDraft<?> inner, int b) {
    return graph.axes.unit[tree.number(inner)] == graph.axes.unit[b];
  }

  private void collect(int node, int depth, IntList firstOf, IntList lastOf) {
    if (deepestIn[node] < depth) {
      firstOf.add(node);
    }
    if (deepestOut[node] < depth) {
      lastOf.add(node);
    }
  }

  private static void collect(@Nullable IntList nodes, int[] deepest, int depth, IntList to) {
    for (int i = 0; nodes != null && i < nodes.size(); i++) {
      if (deepest[nodes.get(i)] < depth) {
        to.add(nodes.get(i));
      }
    }
  }

  /** Has one child end before the next begins. */
  private void drawSequence(int b) {
    IntList before = new IntList();
    boolean isBroken = false;
    for (Object child : tree.draft(b).children) {
      IntList begins = new IntList(1);
      IntList ends = new IntList(1);
      switch (child) {
        case PartDraft<?> part when isOwn(part, b) -> {
          begins.add(part.id);
          ends.add(part.id);
        }
        case BranchDraft<?> inner when isOwn(inner, b) -> {
          int number = tree.number(inner);
          collect(first[number], deepestIn, tree.depth[number], begins);
          collect(last[number], deepestOut, tree.depth[number], ends);
        }
        default -> isBroken = true;
      }
      if (!begins.isEmpty()) {
        drawIn(before, begins, b, Why.SEQUENTIAL);
        before = ends;
      }
    }
    if (isBroken) {
      graph.findings.add(
          "the branches of \"%s\" repeat by themselves and not in sequence"
              .formatted(tree.draft(b)));
    }
  }

  private boolean isOutermostOfLevels(int b) {
    return b == 0
        || graph.axes.order[tree.parent[b]] != Sync.Order.LEVEL
        || graph.axes.unit[b] != graph.axes.unit[tree.parent[b]];
  }

  private void drawLevel(IntList before, IntList after, int b) {
    drawIn(before, after, b, Why.LEVEL);
  }

  private void drawIn(IntList before, IntList after, int b, Why why) {
    if (before.isEmpty()) {
      return;
    }
    graph.order(before, after, b, why);
    raise(before, deepestOut, tree.depth[b]);
    raise(after, deepestIn, tree.depth[b]);
  }

  private static void raise(IntList nodes, int[] deepest, int depth) {
    for (int i = 0; i < nodes.size(); i++) {
      int node = nodes.get(i);
      if (node < deepest.length) { // a join is in no list
        deepest[node] = Math.max(deepest[node], depth);
      }
    }
  }

  /** Has all of a branch end before any of it begins in the next iteration. */
  private void close(int b, IntList firstOf, IntList lastOf) {
    IntList ends = lastOf;
    if (lastOf.size() > 1 && firstOf.size() > 1) {
      ends = new IntList(1);
      ends.add(graph.cover(lastOf, b, Why.SEQUENTIAL));
    }
    for (int i = 0; i < ends.size(); i++) {
      for (int j = 0; j < firstOf.size(); j++) {
        cross.add(ends.get(i), firstOf.get(j), 1);
      }
    }
  }
}
