package dev.carillon.flow;

import dev.carillon.flow.ReferenceModel.Edge;
import dev.carillon.flow.ReferenceModel.Kind;
import dev.carillon.flow.ReferenceModel.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What repeats as a whole in a cycle, and what one iteration waits for of another. */
final class ReferenceUnits {
  /*
   * A loop unit is known by its name: empty for the first, else that of a branch or part. Between
   * its iterations there is a barrier, or, in the first unit of a pipelined cycle, what the edges
   * say. What the whole cycle says of "between" replaces what splits say, with the exceptions that
   * the page names: in a pipelined cycle a split keeps its own barrier or distance. Inside of an
   * independent branch the axis begins anew with a barrier.
   */
  private final ReferenceModel model;
  private final Sync.Between ofCycle;
  private final boolean saidByCycle;
  private final Map<String, List<Node>> units = new LinkedHashMap<>();
  private final Map<Node, String> unitOf = new HashMap<>();

  private final Map<Node, Set<Earlier>> before = new HashMap<>(); // found when first asked for

  /** A node in an iteration. */
  record At(Node node, long iteration) {}

  /** A node some iterations ago. */
  private record Earlier(Node node, long distance) {}

  ReferenceUnits(ReferenceModel model) {
    this.model = model;
    Sync.Between said = model.draft.root.sync.between();
    this.saidByCycle = said != null;
    this.ofCycle = said == null ? new Sync.Barrier() : said;
    if (!isWhollyIndependent()) {
      units.put("", new ArrayList<>());
    }
    for (Node node : model.nodes) {
      String unit = findUnit(node);
      unitOf.put(node, unit);
      if (!(node.isInput() && isWhollyIndependent())) {
        units.computeIfAbsent(unit, _ -> new ArrayList<>()).add(node);
      }
    }
  }

  boolean isWhollyIndependent() {
    return ofCycle instanceof Sync.Independent;
  }

  /** {@return the names of the units; the first is empty unless the whole cycle is independent} */
  Set<String> names() {
    return units.keySet();
  }

  List<Node> nodes(String unit) {
    return units.getOrDefault(unit, List.of());
  }

  String unitOf(Node node) {
    return unitOf.getOrDefault(node, "");
  }

  private String findUnit(Node node) {
    if (node.isInput()) {
      return "";
    }
    List<BranchDraft<?>> around = ReferenceModel.around(node.branch);
    if (isWhollyIndependent()) {
      BranchDraft<?> outermost = null;
      for (BranchDraft<?> branch : around) {
        BranchDraft<?> parent = branch.parent;
        if (parent != null && !branch.isSplit && (parent.parent == null || isOutermost(parent))) {
          outermost = branch;
        }
      }
      return outermost == null ? node.name : outermost.name();
    }
    return around.stream()
        .filter(this::isIndependentBranch)
        .findFirst()
        .map(BranchDraft::name)
        .orElse("");
  }

  private static boolean isOutermost(BranchDraft<?> split) {
    BranchDraft<?> parent = split.parent;
    return split.isSplit && parent != null && parent.parent == null;
  }

  /** {@return whether a branch has iterations of its own, in a cycle that has not as a whole} */
  private boolean isIndependentBranch(BranchDraft<?> branch) {
    BranchDraft<?> parent = branch.parent;
    return parent != null && parent.isSplit && between(parent) instanceof Sync.Independent;
  }

  /** {@return what one iteration waits for of another in a branch} */
  Sync.Between between(BranchDraft<?> branch) {
    BranchDraft<?> parent = branch.parent;
    if (parent == null) {
      return ofCycle;
    }
    Sync.Between said = branch.sync.between();
    if (said != null && !isReplaced(said)) {
      return said;
    }
    return !saidByCycle && isIndependentBranch(branch) ? new Sync.Barrier() : between(parent);
  }

  /** {@return whether what a split says gives way to what the whole cycle says} */
  private boolean isReplaced(Sync.Between said) {
    return saidByCycle
        && !(ofCycle instanceof Sync.Pipelined && !(said instanceof Sync.Independent));
  }

  boolean isPipelined(String unit) {
    return unit.isEmpty() && ofCycle instanceof Sync.Pipelined;
  }

  /** {@return the most iterations of a unit that are under way at once} */
  long window(String unit) {
    if (isPipelined(unit) && ofCycle instanceof Sync.Pipelined(int distance)) {
      int levels = model.nodes.stream().mapToInt(model::levelOf).max().orElse(0);
      return Math.min(levels, 8L) * distance + 1;
    }
    return 1;
  }

  /** {@return what must have ended before a node begins in an iteration} */
  Set<At> endedBefore(Node node, long iteration) {
    var ended = new LinkedHashSet<At>();
    for (Earlier earlier : before.computeIfAbsent(node, this::findEarlier)) {
      if (iteration > earlier.distance) {
        ended.add(new At(earlier.node, iteration - earlier.distance));
      }
    }
    return ended;
  }

  private Set<Earlier> findEarlier(Node node) {
    var earlier = new LinkedHashSet<Earlier>();
    String unit = unitOf(node);
    earlier.add(new Earlier(node, 1));
    if (isPipelined(unit)) {
      addConsumers(node, earlier);
      addUsersOfRunKeys(node, earlier);
      addSplitsWithBarrier(node, earlier);
    } else {
      nodes(unit).forEach(other -> earlier.add(new Earlier(other, 1)));
    }
    return earlier;
  }

  /** For each D edge p→c: S(p, k) ≥ T(c, k−d). */
  private void addConsumers(Node node, Set<Earlier> earlier) {
    for (Edge edge : model.edges) {
      if (edge.from() == node && edge.kind() == Kind.D && !isThroughGuard(edge)) {
        earlier.add(new Earlier(edge.to(), distance(edge)));
      }
    }
  }

  /** {@return whether what a branch is under, or a guard, leads to a node by way of a guard} */
  private boolean isThroughGuard(Edge edge) {
    return (edge.why() == ReferenceModel.Why.UNDER || edge.why() == ReferenceModel.Why.GUARD)
        && model.edges.stream()
            .anyMatch(next ->
                next.to() == edge.to()
                    && next.why() == ReferenceModel.Why.GUARD
                    && model.edges.contains(
                        new Edge(edge.from(), next.from(), Kind.D, edge.why())));
  }

  /** {@return the distance of an edge in a pipelined unit} */
  int distance(Edge edge) {
    Sync.Between between = between(ReferenceModel.innermostWith(edge.from(), edge.to()));
    return between instanceof Sync.Pipelined(int distance) ? distance : 1;
  }

  /** Readers come after writers, writers after readers and writers, of the iteration before. */
  private void addUsersOfRunKeys(Node node, Set<Earlier> earlier) {
    for (Key<?> key : ReferenceOrders.keysOf(node)) {
      for (Node other : model.nodes) {
        if (key.scope() == Key.Lifetime.RUN
            && unitOf(other).equals(unitOf(node))
            && ReferenceOrders.uses(other, key)
            && (ReferenceOrders.writes(node, key) || ReferenceOrders.writes(other, key))) {
          earlier.add(new Earlier(other, 1));
        }
      }
    }
  }

  /** A split in a pipelined cycle that sets a barrier does not overlap itself. */
  private void addSplitsWithBarrier(Node node, Set<Earlier> earlier) {
    for (BranchDraft<?> branch : ReferenceModel.around(node.branch)) {
      if (branch.parent != null && branch.sync.between() instanceof Sync.Barrier) {
        model.allOf(branch).forEach(other -> earlier.add(new Earlier(other, 1)));
      }
    }
  }

  /** {@return the slack that a unit keeps with the others of its group} */
  int slack(String unit) {
    if (ofCycle instanceof Sync.Independent(int slack)) {
      return slack;
    }
    BranchDraft<?> split = splitOf(unit);
    return split != null && between(split) instanceof Sync.Independent(int slack)
        ? slack
        : Sync.Independent.UNBOUNDED;
  }

  /** {@return the units that keep within a slack of each other, the given one among them} */
  Set<String> group(String unit) {
    var group = new LinkedHashSet<String>();
    for (String other : units.keySet()) {
      if (isWhollyIndependent() || splitOf(other) == splitOf(unit)) {
        group.add(other);
      }
    }
    return group;
  }

  private @Nullable BranchDraft<?> splitOf(String unit) {
    for (Node node : nodes(unit)) {
      for (BranchDraft<?> branch : ReferenceModel.around(node.branch)) {
        if (branch.parent != null && branch.name().equals(unit)) {
          return branch.parent;
        }
      }
    }
    return null;
  }

  /** {@return the D edges from other units into a node} */
  List<Edge> crossingInto(Node node) {
    return model.crossing.stream().filter(edge -> edge.to() == node).toList();
  }

  /** {@return the nodes of other units without whose values a unit does not begin} */
  Set<Node> startedBy(String unit) {
    var sources = new LinkedHashSet<Node>();
    if (!unit.isEmpty()) {
      for (Edge edge : model.crossing) {
        if (unitOf(edge.to()).equals(unit)) {
          sources.add(edge.from());
        }
      }
    }
    return sources;
  }
}
