package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds for spans which parts they came after that have spans, too. */
final class SpanOrder {
  /*
   * Backwards along the edges, those that only order too, through joins, barriers and parts that were
   * not called, up to what has a span. All that come after one barrier and nothing else share a list,
   * so that many before and many after it do not make a list for each.
   */

  /** A node in an iteration. */
  record Place(int unit, int node, long iteration) {}

  private final LocalRun<?> run;
  private final Set<Place> haveSpans;
  private final Map<Integer, Predecessors> predecessors = new HashMap<>(); // by unit
  private final Map<Place, List<String>> behind = new HashMap<>(); // nodes that are the only one

  SpanOrder(LocalRun<?> run, Set<Place> haveSpans) {
    this.run = run;
    this.haveSpans = haveSpans;
  }

  /** {@return the names of the parts with spans that a node came directly after} */
  List<String> before(Place place) {
    int[] before = predecessors(place);
    var only = before.length == 1 ? at(place, before[0]) : place;
    return before.length == 1 && !haveSpans.contains(only)
        ? behind.computeIfAbsent(only, this::search)
        : search(place);
  }

  private static Place at(Place from, int node) {
    return new Place(from.unit(), node, from.iteration());
  }

  private int[] predecessors(Place place) {
    return predecessors
        .computeIfAbsent(place.unit(), unit -> new Predecessors(run.unit(unit).plan))
        .of(place.node());
  }

  private List<String> search(Place from) {
    Set<String> names = new LinkedHashSet<>();
    Set<Place> seen = new HashSet<>();
    Deque<Place> open = new ArrayDeque<>(List.of(from));
    while (!open.isEmpty()) {
      Place now = open.removeFirst();
      for (int node : predecessors(now)) {
        Place before = at(now, node);
        if (haveSpans.contains(before)) {
          names.add(run.unit(before.unit()).name(node));
        } else if (seen.add(before)) {
          open.addLast(before);
        }
      }
    }
    return List.copyOf(names);
  }
}
