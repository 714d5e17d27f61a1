package dev.carillon.flow;

import dev.carillon.flow.ReferenceModel.Edge;
import dev.carillon.flow.ReferenceModel.Kind;
import dev.carillon.flow.ReferenceModel.Node;
import dev.carillon.flow.ReferenceModel.Why;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Adds the edges of a definition that only order. */
final class ReferenceOrders {
  private final ReferenceModel model;
  private final Set<Edge> all; // of the model

  ReferenceOrders(ReferenceModel model, Set<Edge> all) {
    this.model = model;
    this.all = all;
  }

  private void add(Node from, Node to, Kind kind, Why why) {
    all.add(new Edge(from, to, kind, why));
  }

  void addWhatPartsAskFor() {
    for (PartDraft<?> part : model.draft.parts) {
      RulesDraft rules = part.rulesIfAny();
      if (rules != null) {
        rules.after.forEach(other -> add(model.node(other), model.node(part), Kind.O, Why.AFTER));
        rules.readParts.forEach(
            other -> add(model.node(other), model.node(part), Kind.O, Why.READS));
      }
    }
  }

  /** {@return the order that holds in a branch} */
  Sync.Order order(BranchDraft<?> branch) {
    Sync.Order ofCycle = model.draft.root.sync.order();
    if (ofCycle != null) {
      return ofCycle;
    }
    for (BranchDraft<?> each : ReferenceModel.around(branch)) {
      Sync.Order said = each.sync.order();
      if (said != null) {
        return said;
      }
    }
    return Sync.Order.PARALLEL;
  }

  void addSequences(BranchDraft<?> branch) {
    List<Object> children = branch.children;
    for (int later = 0; later < children.size(); later++) {
      if (order(branch) == Sync.Order.SEQUENTIAL) {
        for (Object earlier : children.subList(0, later)) {
          for (Node entry : model.entries(children.get(later))) {
            model.allOf(earlier).forEach(node -> add(node, entry, Kind.O, Why.SEQUENCE));
          }
        }
      }
      if (children.get(later) instanceof BranchDraft<?> inner) {
        addSequences(inner);
      }
    }
  }

  void addLevels() {
    for (Node a : model.nodes) {
      for (Node b : model.nodes) {
        if (!a.isInput()
            && !a.isGuard()
            && !b.isGuard()
            && model.levelOf(a) < model.levelOf(b)
            && order(ReferenceModel.innermostWith(a, b)) == Sync.Order.LEVEL) {
          add(a, b, Kind.O, Why.LEVEL);
        }
      }
    }
  }

  static boolean writes(Node node, Key<?> key) {
    RulesDraft rules = node.rules();
    return rules != null && rules.writtenKeys.contains(key);
  }

  static boolean uses(Node node, Key<?> key) {
    RulesDraft rules = node.rules();
    return rules != null && (rules.readKeys.contains(key) || rules.writtenKeys.contains(key));
  }

  /** {@return all keys that a part uses} */
  static Set<Key<?>> keysOf(Node node) {
    var keys = new LinkedHashSet<Key<?>>();
    RulesDraft rules = node.rules();
    if (rules != null) {
      keys.addAll(rules.readKeys);
      keys.addAll(rules.writtenKeys);
    }
    return keys;
  }

  void addKeys() {
    for (int later = 0; later < model.nodes.size(); later++) {
      Node b = model.nodes.get(later);
      for (Node a : model.nodes.subList(0, later)) {
        for (Key<?> key : keysOf(b)) {
          if (uses(a, key) && (writes(a, key) || writes(b, key))) {
            add(a, b, Kind.O, Why.KEY);
          }
        }
      }
    }
  }
}
