package dev.carillon.flow;

import dev.carillon.flow.Edges.Why;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Draws the order of parts that use the same key. */
final class KeyOrder {
  /*
   * Going through the parts in the order of the plan, a reader comes after the last writer, and a
   * writer after the readers since then, or, if there are none, after the last writer. The rest
   * follows from that. In a pipeline, what comes first in an iteration comes after what came last in
   * the one before, by the same rule.
   */

  /** Who uses a key in a loop unit. */
  private static final class Uses {
    final IntList firstReaders = new IntList(); // those before the first writer
    int firstWriter = -1;
    int lastWriter = -1;
    IntList lastReaders = firstReaders; // those since the last writer
    boolean isRead; // by who does not write it
  }

  private record KeyInUnit(Key<?> key, int unit) {}

  private final PlanGraph graph;
  private final Map<KeyInUnit, Uses> uses = new LinkedHashMap<>();
  private final Map<String, Key<?>> byName = new HashMap<>();

  private KeyOrder(PlanGraph graph) {
    this.graph = graph;
  }

  /**
   * Draws the order within iterations, and, for a pipeline, between them.
   *
   * @throws PlanException if a key is read that nobody can have written
   */
  static void draw(PlanGraph graph, CrossEdges cross) {
    var order = new KeyOrder(graph);
    for (int part = 1; part < graph.parts; part++) {
      RulesDraft rules = graph.draft.parts.get(part).rulesIfAny();
      if (rules != null) {
        order.use(part, rules.readKeys, rules.writtenKeys);
      }
    }
    order.uses.forEach((key, use) -> order.cross(key.key(), use, cross));
    order.judge();
  }

  private void use(int part, Set<Key<?>> read, Set<Key<?>> written) {
    for (Key<?> key : read) {
      if (!written.contains(key)) {
        read(part, key);
      }
    }
    for (Key<?> key : written) {
      write(part, key);
    }
  }

  private Uses usesOf(int part, Key<?> key) {
    Key<?> known = byName.putIfAbsent(key.name(), key);
    if (known != null && !known.equals(key)) {
      throw new PlanException(
          "a key's name must be unique in a cycle: cycle=%s, part=%s, key=%s, other=%s"
              .formatted(graph.draft.cycleName, graph.name(part), key, known));
    }
    return uses.computeIfAbsent(new KeyInUnit(key, graph.unit(part)), _ -> new Uses());
  }

  private void read(int part, Key<?> key) {
    Uses use = usesOf(part, key);
    if (use.lastWriter >= 0) {
      graph.edges.add(use.lastWriter, part, Why.KEY);
    } else if (key.scope() == Key.Lifetime.ITERATION && key.initial() == null) {
      throw new PlanException(
          "what is read must have been written before: cycle=%s, part=%s, key=%s"
              .formatted(graph.draft.cycleName, graph.name(part), key.name()));
    }
    use.lastReaders.add(part);
    use.isRead = true;
  }

  private void write(int part, Key<?> key) {
    Uses use = usesOf(part, key);
    for (int i = 0; i < use.lastReaders.size(); i++) {
      graph.edges.add(use.lastReaders.get(i), part, Why.KEY);
    }
    if (use.lastReaders.isEmpty() && use.lastWriter >= 0) {
      graph.edges.add(use.lastWriter, part, Why.KEY);
    }
    if (use.firstWriter < 0) {
      use.firstWriter = part;
    }
    use.lastWriter = part;
    use.lastReaders = new IntList(4);
  }

  private void cross(Key<?> key, Uses use, CrossEdges cross) {
    if (key.scope() != Key.Lifetime.RUN || use.lastWriter < 0) {
      return;
    }
    for (int i = 0; i < use.firstReaders.size(); i++) {
      cross.add(use.lastWriter, use.firstReaders.get(i), 1);
    }
    for (int i = 0; i < use.lastReaders.size(); i++) {
      cross.add(use.lastReaders.get(i), use.firstWriter, 1);
    }
    if (use.lastReaders.isEmpty()) {
      cross.add(use.lastWriter, use.firstWriter, 1);
    }
  }

  // ── findings ──

  private void judge() {
    boolean canBeReadUnsaid = canBeReadUnsaid();
    var byKey = new LinkedHashMap<Key<?>, List<Uses>>();
    uses.forEach((key, use) -> byKey.computeIfAbsent(key.key(), _ -> new ArrayList<>()).add(use));
    byKey.forEach((key, all) ->
        judge(
            key,
            all.stream().anyMatch(use -> use.lastWriter >= 0),
            all.stream().anyMatch(use -> use.isRead),
            all.size(),
            canBeReadUnsaid));
  }

  private void judge(
      Key<?> key, boolean isWritten, boolean isRead, int units, boolean canBeReadUnsaid) {
    if (isWritten && !isRead && !canBeReadUnsaid) {
      graph.findings.add("key \"%s\" is written and never read".formatted(key.name()));
    }
    if (isRead && !isWritten && key.initial() == null) {
      graph.findings.add(
          "key \"%s\" is read, never written, and has no initial value".formatted(key.name()));
    }
    if (isWritten && units > 1) {
      graph.findings.add(
          "key \"%s\" is used by parts that repeat by themselves; nothing orders these"
              .formatted(key.name()));
    }
  }

  /** {@return whether there are guards or the like, which need not say what they read} */
  private boolean canBeReadUnsaid() {
    return graph.draft.loop.until() != null
        || graph.tree.drafts.stream().anyMatch(branch -> !branch.guards.isEmpty())
        || hasGuards(graph.draft.parts);
  }

  private static boolean hasGuards(Collection<PartDraft<?>> parts) {
    for (PartDraft<?> part : parts) {
      RulesDraft rules = part.rulesIfAny();
      if (rules != null && !rules.guards.isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
