package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.Arrays;

/** Draws the order by levels in a branch, up to inner branches that have another order. */
final class LevelOrder {
  /*
   * The innermost branch around two parts says how they are ordered. So within an inner branch that
   * has another order, a hole, levels do not count; but they do between it and what is around it.
   *
   * From level to level, one node is known that ends when all outside of holes has ended so far, and
   * one for each hole. Who is in no hole waits for all of these; who is in one, for all but its own.
   * "All but one" is a join of two: one of those before and one of those behind, which are made once
   * for a level.
   */

  /** Draws that all of some nodes are before all of others. */
  interface Pen {
    void draw(IntList before, IntList after, int branch);
  }

  private final PlanGraph graph;
  private final int[] levels;
  private final int branch;
  private final int unit;
  private final int[] hole; // of each branch in this one: the number of its hole, 0 for none; or -1
  private final IntList parts = new IntList();
  private int[] covers = {}; // of what is in no hole, and of each hole; -1 for nothing yet

  LevelOrder(PlanGraph graph, int[] levels, int branch) {
    this.graph = graph;
    this.levels = levels;
    this.branch = branch;
    this.unit = graph.axes.unit[branch];
    this.hole = new int[graph.tree.end[branch] - branch];
  }

  /** Draws the order; {@return the parts that certainly others come after}. */
  IntList draw(Pen pen) {
    int groups = gather();
    covers = new int[groups];
    Arrays.fill(covers, -1);
    int[] sorted = sortedByLevel();
    IntList followed = new IntList();
    int begin = 0;
    while (begin < sorted.length) {
      int end = begin;
      while (end < sorted.length && levels[sorted[end]] == levels[sorted[begin]]) {
        end++;
      }
      IntList[] byGroup = new IntList[groups];
      Arrays.setAll(byGroup, _ -> new IntList(4));
      for (int i = begin; i < end; i++) {
        byGroup[hole[graph.branch(sorted[i]) - branch]].add(sorted[i]);
      }
      drawLevel(byGroup, pen, end == sorted.length);
      for (int i = begin; i < end && end < sorted.length && groups == 1; i++) {
        followed.add(sorted[i]);
      }
      begin = end;
    }
    return followed;
  }

  private void drawLevel(IntList[] byGroup, Pen pen, boolean isLast) {
    int groups = byGroup.length;
    int[] upTo = new int[groups + 1]; // a node for the groups before
    int[] since = new int[groups + 1]; // a node for those from here on
    upTo[0] = -1;
    since[groups] = -1;
    for (int g = 0; g < groups; g++) {
      upTo[g + 1] = cover(upTo[g], covers[g]);
      since[groups - g - 1] = cover(since[groups - g], covers[groups - g - 1]);
    }
    for (int g = 0; g < groups; g++) {
      if (!byGroup[g].isEmpty()) {
        int before = g == 0 ? upTo[groups] : cover(upTo[g], since[g + 1]);
        pen.draw(listOf(before, -1), byGroup[g], branch);
      }
    }
    for (int g = 0; g < groups && !isLast; g++) {
      if (!byGroup[g].isEmpty()) {
        IntList all = byGroup[g];
        if (g > 0 && covers[g] >= 0) {
          all = listOf(covers[g], -1);
          all.addAll(byGroup[g]);
        } // what is in no hole comes after its own cover already
        covers[g] = graph.cover(all, branch, Why.LEVEL);
      }
    }
  }

  private int cover(int one, int other) {
    if (one < 0 || other < 0) {
      return Math.max(one, other);
    }
    return graph.cover(listOf(one, other), branch, Why.LEVEL);
  }

  private static IntList listOf(int one, int other) {
    var list = new IntList(2);
    if (one >= 0) {
      list.add(one);
    }
    if (other >= 0) {
      list.add(other);
    }
    return list;
  }

  /** Finds the parts and holes; {@return how many holes there are, and one more}. */
  private int gather() {
    Arrays.fill(hole, -1);
    hole[0] = 0;
    int groups = 1;
    for (int b = branch; b < branch + hole.length; b++) {
      if (b > branch) {
        int around = hole[graph.tree.parent[b] - branch];
        if (around < 0 || graph.axes.unit[b] != unit) {
          continue; // repeats by itself
        }
        boolean opens = around == 0 && graph.axes.order[b] != Sync.Order.LEVEL;
        hole[b - branch] = opens ? groups++ : around;
      }
      for (Object child : graph.tree.draft(b).children) {
        if (child instanceof PartDraft<?> part && graph.unit(part.id) == unit) {
          parts.add(part.id);
        }
      }
    }
    return groups;
  }

  private int[] sortedByLevel() {
    int most = 0;
    for (int i = 0; i < parts.size(); i++) {
      most = Math.max(most, levels[parts.get(i)]);
    }
    int[] next = new int[most + 2];
    for (int i = 0; i < parts.size(); i++) {
      next[levels[parts.get(i)] + 1]++;
    }
    for (int level = 1; level < next.length; level++) {
      next[level] += next[level - 1];
    }
    int[] sorted = new int[parts.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[next[levels[parts.get(i)]]++] = parts.get(i);
    }
    return sorted;
  }
}
