package dev.carillon.event;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What events come to, in obvious code: events are numbers, and an event depends on smaller ones
 * only.
 *
 * @param definitions how each event was made
 * @param byHand the outcomes of the events that were completed by a call; all sources are among
 *     them
 */
record ReferenceModel(List<Definition> definitions, Map<Integer, Outcome> byHand) {

  /**
   * How an event is made: a source has no inputs; any other event is triggered by so many triggered
   * inputs, and poisoned when they cannot be reached.
   *
   * @param needed all of them for a merge, fewer for a quorum
   * @param waits whether all inputs are waited for before the event completes
   */
  record Definition(List<Integer> inputs, int needed, boolean waits) {}

  /**
   * How an event ends.
   *
   * @param roots the reasons that may be among its root causes, in order; none if it is triggered
   * @param exact whether all of them must be
   */
  record Outcome(boolean poisoned, Set<String> roots, boolean exact, int hops) {
    static Outcome poisoned(String reason) {
      return new Outcome(true, Set.of(reason), true, 0);
    }

    static Outcome triggered() {
      return new Outcome(false, Set.of(), true, 0);
    }
  }

  /** Copies the outcomes, to remember those that are found out. */
  ReferenceModel {
    byHand = new HashMap<>(byHand);
  }

  Outcome of(int event) {
    Outcome known = byHand.get(event);
    if (known != null) {
      return known;
    }
    Outcome found = find(event);
    byHand.put(event, found);
    return found;
  }

  private Outcome find(int event) {
    Definition definition = definitions.get(event);
    List<Outcome> failed =
        definition.inputs.stream().map(this::of).filter(Outcome::poisoned).toList();
    boolean poisoned = definition.inputs.size() - failed.size() < definition.needed;
    Set<String> roots = new LinkedHashSet<>();
    failed.forEach(outcome -> roots.addAll(outcome.roots));
    boolean exact = definition.waits && failed.stream().allMatch(Outcome::exact);
    int hops = 1 + failed.stream().mapToInt(Outcome::hops).max().orElse(0);
    return poisoned ? new Outcome(true, roots, exact, hops) : Outcome.triggered();
  }
}
