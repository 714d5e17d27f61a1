package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.Arrays;

/** Draws the edges that a person has drawn: wires, {@code under} and guards, and what parts ask. */
final class WireDrawer {
  /*
   * An entry of a branch is a node in it without a D edge from within it, or a join of the user's. What
   * other units give does not count, as that may be of an iteration in which a guard said yes. The
   * branches around two nodes that are both in a third are on one way to the root; so of all D edges
   * to a node only the greatest depth of the innermost branch around both ends matters: it is an entry
   * of those branches around it that are deeper. Going outwards from a node, the edges that are drawn
   * to it on the way are counted, too.
   *
   * A join is an entry of all branches around it. But what is drawn to a guard on the way comes before
   * the join by that, and is not drawn to the join, which would hold it up in a pipeline. Of the guards
   * on the way, only the one passed last can have something drawn to it that is further out: the others
   * have an edge from within its branch.
   */
  private final PlanGraph graph;
  private final BranchTree tree;
  private final int[] gateOf; // of each branch: its guard, else what it is under, else -1
  private final int[]
      gatedAround; // of each branch: itself or the next outwards that has a gate; -1

  private WireDrawer(PlanGraph graph) {
    this.graph = graph;
    this.tree = graph.tree;
    gateOf = new int[tree.size()];
    gatedAround = new int[tree.size()];
  }

  static void draw(PlanGraph graph) {
    var drawer = new WireDrawer(graph);
    drawer.drawWires();
    drawer.makeGates();
    drawer.drawGates();
    drawer.drawAsked();
  }

  private void drawWires() {
    for (int node = 1; node < graph.parts; node++) {
      for (Out<?> input : graph.draft.parts.get(node).inputs) {
        graph.edges.add(PartDraft.of(input).id, node, Why.WIRE);
      }
    }
  }

  private void makeGates() {
    for (int b = 0; b < tree.size(); b++) {
      BranchDraft<?> branch = tree.draft(b);
      PartDraft<?> under = branch.under;
      gateOf[b] = under == null ? -1 : under.id;
      if (!branch.guards.isEmpty()) {
        int guard = graph.newNode(b, graph.axes.unit[b]);
        graph.guardOf[b] = guard;
        gateOf[b] = guard;
      }
      int around = tree.parent[b];
      gatedAround[b] = gateOf[b] >= 0 ? b : around < 0 ? -1 : gatedAround[around];
    }
  }

  private void drawGates() {
    int[] deepest = deepestWires();
    for (int node = 1; node < graph.parts; node++) {
      Form form = graph.draft.parts.get(node).form;
      boolean isJoin = form == Form.ANY_SUCCESS || form == Form.ALWAYS;
      enter(node, graph.branch(node), deepest[node], isJoin);
    }
    for (int b = 0; b < tree.size(); b++) {
      int guard = graph.guardOf[b];
      if (guard >= 0) {
        PartDraft<?> under = tree.draft(b).under;
        if (under != null) {
          graph.edges.add(under.id, guard, Why.UNDER);
        }
        if (b > 0) {
          enter(guard, tree.parent[b], depthOfUnder(b), false);
        }
      }
    }
  }

  private void enter(int node, int innermost, int deepestEdge, boolean isJoin) {
    int depth = deepestEdge;
    int guard = -1; // the one passed last
    int guardDepth = -1;
    int b = gatedAround[innermost];
    while (b >= 0) {
      int gate = gateOf[b];
      boolean isGuard = gate == graph.guardOf[b];
      boolean isByGuard = guard >= 0 && guardDepth < tree.depth[b];
      if (isByGuard) {
        guardDepth = Math.max(guardDepth, depthWithin(gate, guard));
      }
      if (isJoin ? !isByGuard : depth < tree.depth[b]) {
        graph.edges.add(gate, node, isGuard ? Why.GUARD : Why.UNDER);
        depth = Math.max(depth, depthWithin(gate, node));
      }
      if (isGuard && graph.unit(gate) == graph.unit(node)) {
        guard = gate;
        guardDepth = depthOfUnder(b);
      }
      b = b == 0 ? -1 : gatedAround[tree.parent[b]];
    }
  }

  /** {@return how deep the innermost branch is around a branch's guard and what that is under} */
  private int depthOfUnder(int branch) {
    PartDraft<?> under = tree.draft(branch).under;
    return under == null ? -1 : depthWithin(under.id, graph.guardOf[branch]);
  }

  /** {@return how deep the innermost branch around both is; -1 for nodes of different units} */
  private int depthWithin(int from, int to) {
    return graph.unit(from) == graph.unit(to) ? graph.commonDepth(from, to) : -1;
  }

  private int[] deepestWires() {
    int[] deepest = new int[graph.parts];
    Arrays.fill(deepest, -1);
    if (hasGates()) {
      Edges edges = graph.edges;
      for (int e = 0; e < edges.size(); e++) {
        int to = edges.to(e);
        deepest[to] = Math.max(deepest[to], depthWithin(edges.from(e), to));
      }
    }
    return deepest;
  }

  private boolean hasGates() {
    return Arrays.stream(gateOf).anyMatch(gate -> gate >= 0);
  }

  private void drawAsked() {
    for (int node = 1; node < graph.parts; node++) {
      RulesDraft rules = graph.draft.parts.get(node).rulesIfAny();
      if (rules != null) {
        for (PartDraft<?> part : rules.after) {
          graph.edges.add(part.id, node, Why.AFTER);
        }
        for (PartDraft<?> part : rules.readParts) {
          graph.edges.add(part.id, node, Why.READS);
        }
      }
    }
  }
}
