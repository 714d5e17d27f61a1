package dev.carillon.flow;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** When each node of a plan is due, by the deadlines of what comes after it. */
final class Deadlines {
  /*
   * A node is due when it should have ended: at its own deadline, or earlier, if something that comes
   * after it could not end in time otherwise:
   *
   *   due(n) = min(own(n), min over the nodes s after n of due(s) - cost(s))
   *
   * as in the scheduling of graphs by earliest deadline first (Chetto, Silly and Bouchentouf, 1990).
   * The tail of a node is the dearest way from its end to the end of its unit; a run that has a
   * deadline takes it off that. Both are found in one sweep from the last node to the first. Another
   * sweep the other way finds deadlines that cannot be kept, as what comes before costs too much.
   *
   * Times are nanoseconds from when the iteration began, costs are those that a person has stated;
   * what nobody has said is 0. Edges to other iterations and units are left out: they have times of
   * their own.
   */

  /** Of what is not due at any time. */
  static final long NONE = Long.MAX_VALUE;

  private static final long FAR = Long.MAX_VALUE >> 2; // 73 years: sums of two do not overflow

  private final PlanGraph graph;
  private final long[] costs; // of each node; empty if nothing was said of any
  private final long[] own; // the deadlines that were said, of each part; empty if none was
  private final long[] dues; // likewise, of each node
  private final long[] tails; // empty if no costs are known

  private Deadlines(PlanGraph graph) {
    this.graph = graph;
    this.costs = costs();
    this.own = own();
    this.dues = new long[own.length == 0 ? 0 : graph.nodes()];
    this.tails = new long[costs.length];
    Arrays.fill(dues, NONE);
    System.arraycopy(own, 0, dues, 0, own.length);
  }

  /** {@return the deadlines of a graph, which has no circles} Adds to its findings. */
  static Deadlines of(PlanGraph graph) {
    var deadlines = new Deadlines(graph);
    if (deadlines.dues.length > 0 || deadlines.tails.length > 0) {
      int[] start = graph.edges.starts(graph.nodes(), true);
      int[] byStart = graph.edges.byStart(start, true);
      int[] order = Topology.sorted(graph, start, byStart);
      deadlines.sweepBack(order, start, byStart);
      if (deadlines.own.length > 0) {
        deadlines.find(deadlines.earliestEnds(order, start, byStart));
      }
    }
    return deadlines;
  }

  /** {@return when a node should have ended, from when its iteration began; NONE for never} */
  long due(int node) {
    return dues.length == 0 ? NONE : dues[node];
  }

  /** {@return what the dearest way from a node's end to the end of its unit costs} */
  long tail(int node) {
    return tails.length == 0 ? 0 : tails[node];
  }

  /** {@return the earlier of two readings of a clock, of which either may be NONE} */
  static long earlier(long one, long other) {
    if (one == NONE || other == NONE) {
      return one == NONE ? other : one;
    }
    return one - other < 0 ? one : other;
  }

  // ── what was said ──

  static long nanos(@Nullable Duration time) {
    return time == null ? NONE : Math.min(FAR, TimeUnit.NANOSECONDS.convert(time));
  }

  private long[] costs() {
    long[] said = {};
    for (PartDraft<?> part : graph.draft.parts) {
      RulesDraft rules = part.rulesIfAny();
      if (rules != null && !rules.cost.isZero()) {
        said = said.length == 0 ? new long[graph.nodes()] : said;
        said[part.id] = nanos(rules.cost);
      }
    }
    return said;
  }

  private long[] own() {
    long[] ofBranch = ofBranches();
    boolean isSaid = Arrays.stream(ofBranch).anyMatch(due -> due != NONE);
    for (PartDraft<?> part : graph.draft.parts) {
      RulesDraft rules = part.rulesIfAny();
      isSaid |= rules != null && rules.deadline != null;
    }
    long[] said = new long[isSaid ? graph.parts : 0];
    for (int part = 0; part < said.length; part++) {
      RulesDraft rules = graph.draft.parts.get(part).rulesIfAny();
      long mine = rules == null ? NONE : nanos(rules.deadline);
      said[part] = part == 0 ? NONE : Math.min(mine, ofBranch[graph.branch(part)]);
    }
    return said;
  }

  private long[] ofBranches() {
    long[] dues = new long[graph.tree.size()];
    for (int b = 0; b < dues.length; b++) {
      long around = b == 0 ? NONE : dues[graph.tree.parent[b]];
      dues[b] = Math.min(around, nanos(graph.tree.draft(b).deadline));
    }
    return dues;
  }

  private long cost(int node) {
    return costs.length == 0 ? 0 : costs[node];
  }

  // ── what follows ──

  private void sweepBack(int[] order, int[] start, int[] byStart) {
    for (int at = order.length - 1; at >= 0; at--) {
      int node = order[at];
      for (int i = start[node]; i < start[node + 1]; i++) {
        int next = graph.edges.to(byStart[i]);
        if (graph.unit(next) == graph.unit(node)) {
          bringForward(node, next);
        }
      }
    }
  }

  private void bringForward(int node, int next) {
    if (dues.length > 0 && dues[next] != NONE) {
      dues[node] = Math.min(dues[node], Math.max(-FAR, dues[next] - cost(next)));
    }
    if (tails.length > 0) {
      tails[node] = Math.max(tails[node], Math.min(FAR, tails[next] + cost(next)));
    }
  }

  /** {@return when each node can have ended at the earliest} */
  private long[] earliestEnds(int[] order, int[] start, int[] byStart) {
    long[] ends = new long[order.length];
    for (int node : order) {
      ends[node] = Math.min(FAR, ends[node] + cost(node));
      for (int i = start[node]; i < start[node + 1]; i++) {
        int next = graph.edges.to(byStart[i]);
        if (graph.unit(next) == graph.unit(node)) {
          ends[next] = Math.max(ends[next], ends[node]);
        }
      }
    }
    return ends;
  }

  /** Finds deadlines that cannot be kept: of a branch, by the part in it that ends last. */
  private void find(long[] ends) {
    for (PartDraft<?> part : graph.draft.parts) {
      RulesDraft rules = part.rulesIfAny();
      if (rules != null && rules.deadline != null) {
        find(part.name(), ends[part.id], rules.deadline);
      }
    }
    long[] lastOf = new long[graph.tree.size()];
    for (int part = 1; part < graph.parts; part++) {
      lastOf[graph.branch(part)] = Math.max(lastOf[graph.branch(part)], ends[part]);
    }
    for (int b = lastOf.length - 1; b >= 0; b--) {
      BranchDraft<?> branch = graph.tree.draft(b);
      if (branch.deadline != null) {
        find(branch.toString(), lastOf[b], branch.deadline);
      }
      if (b > 0) {
        int around = graph.tree.parent[b];
        lastOf[around] = Math.max(lastOf[around], lastOf[b]);
      }
    }
  }

  private void find(String name, long end, Duration deadline) {
    if (end > nanos(deadline)) {
      graph.findings.add(
          "\"%s\" is due %s after the iteration began, and with what comes before it is said to cost %s"
              .formatted(name, deadline, Duration.ofNanos(end)));
    }
  }
}
