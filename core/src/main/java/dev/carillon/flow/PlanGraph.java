package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The nodes and edges of a plan that is being made, in one numbering for all loop units. */
final class PlanGraph {
  /*
   * Nodes 0 to parts - 1 are the parts. Those behind them are virtual: guards of branches, joins that
   * stand for many edges, and the sources and ends of units.
   */

  /** The most edges that lead to a join, so that many threads do not count down one number. */
  static final int MOST_ARRIVALS = 64;

  /** The name of the node that stands for the guards of a branch. */
  static final String GUARD = "guard";

  final CycleDraft draft;
  final int parts;
  final BranchTree tree;
  final Axes axes;
  final Edges edges;
  final int[] guardOf; // of each branch its guard's node; -1 for none
  final List<String> findings = new ArrayList<>();

  private final IntList branchOf;
  private final IntList unitOf;

  PlanGraph(CycleDraft draft) {
    this.draft = draft;
    this.parts = draft.parts.size();
    this.tree = new BranchTree(draft.root);
    this.branchOf = new IntList(parts + parts / 8);
    BranchDraft<?> last = draft.root;
    int lastNumber = 0;
    for (PartDraft<?> part : draft.parts) {
      if (part.branch != last) {
        last = part.branch;
        lastNumber = tree.number(last);
      }
      branchOf.add(lastNumber);
    }
    this.axes = new Axes(tree, branchOf.toArray(), findings);
    this.unitOf = new IntList(parts + parts / 8);
    for (int part = 0; part < parts; part++) {
      unitOf.add(axes.unitOfPart[part]);
    }
    this.edges = new Edges(2 * parts);
    this.guardOf = new int[tree.size()];
    Arrays.fill(guardOf, -1);
  }

  int nodes() {
    return branchOf.size();
  }

  int branch(int node) {
    return branchOf.get(node);
  }

  int unit(int node) {
    return unitOf.get(node);
  }

  int newNode(int branch, int unit) {
    branchOf.add(branch);
    unitOf.add(unit);
    return branchOf.size() - 1;
  }

  /** {@return how deep the innermost branch around two nodes is; the input is in none} */
  int commonDepth(int one, int other) {
    return one == 0 || other == 0 ? -1 : tree.depth[tree.common(branch(one), branch(other))];
  }

  /** Has all of some nodes end before any of others begins, in edges as many as there are nodes. */
  void order(IntList before, IntList after, int branch, Edges.Why why) {
    if (before.isEmpty() || after.isEmpty()) {
      return;
    }
    IntList gathered = gathered(before, branch, why);
    if (gathered.size() > 1 && after.size() > 1) {
      gathered = joined(gathered, branch, why);
    }
    for (int i = 0; i < gathered.size(); i++) {
      for (int j = 0; j < after.size(); j++) {
        edges.add(gathered.get(i), after.get(j), why);
      }
    }
  }

  /** {@return one node that ends when all of these have ended} */
  int cover(IntList nodes, int branch, Edges.Why why) {
    IntList gathered = gathered(nodes, branch, why);
    return gathered.size() == 1 ? gathered.get(0) : joined(gathered, branch, why).get(0);
  }

  /** {@return at most as many nodes as may arrive at one, that end when all of these have ended} */
  IntList gathered(IntList nodes, int branch, Edges.Why why) {
    IntList rest = nodes;
    while (rest.size() > MOST_ARRIVALS) {
      rest = joined(rest, branch, why);
    }
    return rest;
  }

  private IntList joined(IntList nodes, int branch, Edges.Why why) {
    var joins = new IntList(nodes.size() / MOST_ARRIVALS + 1);
    for (int i = 0; i < nodes.size(); i++) {
      if (i % MOST_ARRIVALS == 0) {
        joins.add(newNode(branch, unit(nodes.get(i))));
      }
      edges.add(nodes.get(i), joins.get(joins.size() - 1), why);
    }
    return joins;
  }

  boolean isGuard(int node) {
    return node >= parts && guardOf[branch(node)] == node;
  }

  /** {@return whether users know of the node} */
  boolean isNamed(int node) {
    return node < parts || isGuard(node);
  }

  /** {@return the name of a part or guard} */
  String name(int node) {
    return isGuard(node) ? tree.draft(branch(node)).path(GUARD) : draft.parts.get(node).name();
  }
}
