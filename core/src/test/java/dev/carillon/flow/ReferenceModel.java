package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a definition means, as {@code docs/flow.md} says it: nodes, edges, levels, loop units. */
final class ReferenceModel {
  /*
   * All of it is derived from the draft in the most obvious way, without regard to cost. A node is
   * a part or the guard of a branch. Edges are pairs with a kind and a reason, one rule of the page
   * after another. Of two parts, the order axis of the innermost branch that holds both speaks:
   * what an inner split sets governs what is in it, and what is around it governs what lies between
   * it and the others.
   */

  /** Whether an edge carries success, or only orders. */
  enum Kind {
    D,
    O
  }

  /** Which rule an edge comes from. */
  enum Why {
    WIRE,
    UNDER,
    GUARD,
    AFTER,
    READS,
    SEQUENCE,
    LEVEL,
    KEY;

    /** {@return whether a person has drawn it} */
    boolean isDrawn() {
      return this == WIRE || this == UNDER || this == AFTER || this == READS;
    }
  }

  /** What has an outcome in each iteration: a part, or the guard of a branch. */
  static final class Node {
    final String name;
    final BranchDraft<?> branch;
    final @Nullable PartDraft<?> part; // null for the guard of the branch

    Node(String name, BranchDraft<?> branch, @Nullable PartDraft<?> part) {
      this.name = name;
      this.branch = branch;
      this.part = part;
    }

    boolean isGuard() {
      return part == null;
    }

    boolean isInput() {
      return part != null && part.form == Form.SOURCE;
    }

    @Nullable RulesDraft rules() {
      return part == null ? null : part.rulesIfAny();
    }

    /** {@return whether it is a join, which asks less of its inputs than that all be usable} */
    boolean isJoin() {
      return part != null && (part.form == Form.ANY_SUCCESS || part.form == Form.ALWAYS);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** An edge within an iteration. */
  record Edge(Node from, Node to, Kind kind, Why why) {}

  final CycleDraft draft;
  final List<Node> nodes = new ArrayList<>(); // in the order of the plan; the first is the input
  final Set<Edge> edges = new LinkedHashSet<>(); // those that hold: within a loop unit
  final Set<Edge> crossing = new LinkedHashSet<>(); // D edges from a unit into another
  final Set<Edge> dropped = new LinkedHashSet<>(); // O edges between units, which do not hold
  final Map<Node, Integer> levels = new LinkedHashMap<>();
  final ReferenceUnits units;

  private final Map<String, Node> byName = new HashMap<>();
  private final Map<PartDraft<?>, Node> byPart = new HashMap<>();
  private final Set<Edge> all = new LinkedHashSet<>();
  private final Map<Node, Set<Node>> predecessors = new HashMap<>();

  private ReferenceModel(CycleDraft draft) {
    this.draft = draft;
    addNode(new Node("input", draft.root, draft.parts.getFirst()));
    addNodes(draft.root);
    units = new ReferenceUnits(this);
    addWires();
    addUnder(draft.root);
    addGuards(draft.root);
    var orders = new ReferenceOrders(this, all);
    orders.addWhatPartsAskFor();
    nodes.forEach(this::level);
    orders.addSequences(draft.root);
    orders.addLevels();
    orders.addKeys();
    for (Edge edge : all) {
      boolean isWithin = units.unitOf(edge.from).equals(units.unitOf(edge.to));
      Set<Edge> where =
          isWithin || edge.from.isInput() ? edges : edge.kind == Kind.D ? crossing : dropped;
      where.add(edge);
    }
    for (Edge edge : edges) {
      predecessors.computeIfAbsent(edge.to, _ -> new LinkedHashSet<>()).add(edge.from);
    }
  }

  static ReferenceModel of(CycleDraft draft) {
    return new ReferenceModel(draft);
  }

  // ── nodes ──

  private void addNode(Node node) {
    nodes.add(node);
    byName.put(node.name, node);
    if (node.part != null) {
      byPart.put(node.part, node);
    }
  }

  private void addNodes(BranchDraft<?> branch) {
    if (!branch.guards.isEmpty()) {
      addNode(new Node(branch.path("guard"), branch, null));
    }
    for (Object child : branch.children) {
      if (child instanceof PartDraft<?> part) {
        addNode(new Node(part.name(), part.branch, part));
      } else {
        addNodes((BranchDraft<?>) child);
      }
    }
  }

  Node node(String name) {
    Node node = byName.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no such part: name=\"" + name + "\"");
    }
    return node;
  }

  Node node(PartDraft<?> part) {
    Node node = byPart.get(part);
    if (node == null) {
      throw new IllegalArgumentException("a part of another cycle: part=" + part);
    }
    return node;
  }

  boolean hasNode(String name) {
    return byName.containsKey(name);
  }

  /** {@return the parts and guards of a part or branch, those of inner branches included} */
  List<Node> allOf(Object child) {
    return child instanceof BranchDraft<?> branch
        ? nodes.stream().filter(node -> isIn(node, branch)).toList()
        : List.of(node((PartDraft<?>) child));
  }

  static boolean isIn(Node node, BranchDraft<?> branch) {
    return !node.isInput() && around(node.branch).contains(branch);
  }

  /** {@return a branch and those around it, the innermost first} */
  static List<BranchDraft<?>> around(BranchDraft<?> branch) {
    var around = new ArrayList<BranchDraft<?>>();
    for (BranchDraft<?> each = branch; each != null; each = each.parent) {
      around.add(each);
    }
    return around;
  }

  /** {@return the innermost branch that holds both} */
  static BranchDraft<?> innermostWith(Node a, Node b) {
    List<BranchDraft<?>> aroundB = around(b.branch);
    return around(a.branch).stream().filter(aroundB::contains).findFirst().orElseThrow();
  }

  // ── D edges ──

  private void add(Node from, Node to, Kind kind, Why why) {
    all.add(new Edge(from, to, kind, why));
  }

  private void addWires() {
    for (PartDraft<?> part : draft.parts) {
      for (Out<?> input : part.inputs) {
        add(node(PartDraft.of(input)), node(part), Kind.D, Why.WIRE);
      }
    }
  }

  /** Adds what branches are under, the inner ones first, as that decides who is an entry. */
  private void addUnder(BranchDraft<?> branch) {
    for (Object child : branch.children) {
      if (child instanceof BranchDraft<?> inner) {
        addUnder(inner);
      }
    }
    PartDraft<?> under = branch.under;
    if (under != null) {
      for (Node entry : entries(branch)) {
        add(node(under), entry, Kind.D, Why.UNDER);
      }
    }
  }

  private void addGuards(BranchDraft<?> branch) {
    for (Object child : branch.children) {
      if (child instanceof BranchDraft<?> inner) {
        addGuards(inner);
      }
    }
    if (!branch.guards.isEmpty()) {
      Node guard = node(branch.path("guard"));
      for (Node entry : entries(branch)) {
        if (entry != guard) {
          add(guard, entry, Kind.D, Why.GUARD);
        }
      }
    }
  }

  /**
   * {@return the entries of a part or branch: what has no D edge from within it, and its joins} The
   * guards of branches in it are among them. An edge from such a guard does not count: what is
   * behind the guard depends on what is around it, too; nor does one from another unit, which may
   * carry what was given in another iteration.
   */
  List<Node> entries(Object child) {
    List<Node> within = allOf(child);
    return within.stream().filter(node -> node.isJoin() || !hasSourceIn(node, within)).toList();
  }

  private boolean hasSourceIn(Node node, List<Node> within) {
    return all.stream()
        .anyMatch(edge ->
            edge.to == node
                && edge.kind == Kind.D
                && edge.why != Why.GUARD
                && units.unitOf(edge.from).equals(units.unitOf(node))
                && within.contains(edge.from));
  }

  // ── levels ──

  private int level(Node node) {
    Integer known = levels.get(node);
    if (known != null) {
      return known;
    }
    levels.put(node, 0); // ends the search on a circle, which is told of elsewhere
    int level = node.isInput() ? 0 : 1;
    for (Edge edge : all) {
      if (edge.to == node && edge.why.isDrawn()) {
        level = Math.max(level, level(edge.from) + 1);
      }
    }
    levels.put(node, level);
    return level;
  }

  int levelOf(Node node) {
    return levels.getOrDefault(node, 0);
  }

  /** {@return the place of a part among those of its level, 1 or more} */
  int position(Node node) {
    return 1
        + (int)
            nodes.stream()
                .takeWhile(other -> other != node)
                .filter(other -> !other.isGuard() && levelOf(other) == levelOf(node))
                .count();
  }

  // ── questions ──

  /** {@return what must have an outcome in the same iteration before a node is decided} */
  Set<Node> predecessors(Node node) {
    return predecessors.getOrDefault(node, Set.of());
  }

  /** {@return those that are given a part's value by a wire} */
  List<Node> takers(Node node) {
    return all.stream()
        .filter(edge -> edge.from == node && edge.why == Why.WIRE)
        .map(Edge::to)
        .toList();
  }

  /** {@return what else than its inputs has to be usable for a node to run} */
  Set<Node> otherSources(Node node) {
    var sources = new LinkedHashSet<Node>();
    for (Edge edge : all) {
      if (edge.to == node && edge.kind == Kind.D && edge.why != Why.WIRE) {
        sources.add(edge.from);
      }
    }
    return sources;
  }

  /** {@return what a failure of a node means: what it says, else what is around it says} */
  OnError<?> policy(Node node) {
    RulesDraft rules = node.rules();
    OnError<?> own = rules == null ? null : rules.onError;
    if (own != null) {
      return own;
    }
    for (BranchDraft<?> branch : around(node.branch)) {
      OnError<?> said = branch.onError;
      if (said != null) {
        return said;
      }
    }
    return OnError.cleanFail();
  }

  /**
   * {@return what a node waits for} Of other loop units, too: what it takes of them, and what its
   * own unit does not begin without.
   */
  private Set<Node> awaited(Node node) {
    var awaited = new LinkedHashSet<>(predecessors(node));
    units.crossingInto(node).forEach(edge -> awaited.add(edge.from));
    awaited.addAll(units.startedBy(units.unitOf(node)));
    return awaited;
  }

  /** {@return a circle of nodes of which each waits for the one before, if there is one} */
  Optional<List<Node>> circle() {
    var left = new LinkedHashSet<>(nodes);
    while (left.removeIf(node -> awaited(node).stream().noneMatch(left::contains))) {}
    if (left.isEmpty()) {
      return Optional.empty();
    }
    var way = new ArrayDeque<Node>();
    Node node = left.getFirst();
    while (!way.contains(node)) {
      way.addFirst(node);
      node = awaited(node).stream().filter(left::contains).findFirst().orElseThrow();
    }
    Node closing = node;
    while (way.getLast() != closing) {
      way.removeLast();
    }
    return Optional.of(List.copyOf(way));
  }
}
