package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The branches of a definition by number. The whole cycle is 0; what is in a branch follows it. */
final class BranchTree {
  final List<BranchDraft<?>> drafts = new ArrayList<>();
  final int[] parent; // -1 for the whole cycle
  final int[] depth;
  final int[] end; // of each branch: one more than the last that is in it

  private final Map<BranchDraft<?>, Integer> numbers = new HashMap<>();

  BranchTree(BranchDraft<?> root) {
    var open = new ArrayDeque<BranchDraft<?>>();
    open.push(root);
    while (!open.isEmpty()) {
      BranchDraft<?> branch = open.pop();
      numbers.put(branch, drafts.size());
      drafts.add(branch);
      for (Object child : branch.children.reversed()) {
        if (child instanceof BranchDraft<?> inner) {
          open.push(inner);
        }
      }
    }
    parent = new int[size()];
    depth = new int[size()];
    end = new int[size()];
    parent[0] = -1;
    for (int b = 1; b < parent.length; b++) {
      parent[b] = number(Objects.requireNonNull(draft(b).parent));
      depth[b] = depth[parent[b]] + 1;
    }
    for (int b = end.length - 1; b >= 0; b--) {
      end[b] = Math.max(end[b], b + 1);
      if (b > 0) {
        end[parent[b]] = Math.max(end[parent[b]], end[b]);
      }
    }
  }

  int size() {
    return drafts.size();
  }

  BranchDraft<?> draft(int branch) {
    return drafts.get(branch);
  }

  int number(BranchDraft<?> branch) {
    return Objects.requireNonNull(numbers.get(branch));
  }

  /** {@return the innermost branch around two} */
  int common(int one, int other) {
    int a = one;
    int b = other;
    while (a != b) {
      if (depth[a] >= depth[b]) {
        a = parent[a];
      } else {
        b = parent[b];
      }
    }
    return a;
  }
}
