package dev.carillon.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what determined how long an iteration took. */
final class CriticalPath {
  /*
   * Backwards from the span that ended last: what held a span up is whatever ended last of the
   * earlier attempts of its part and of the parts that it came after. Spans of virtual time can
   * begin and end at one moment, so it is the names that lead back, and no span is taken twice.
   */
  private CriticalPath() {}

  static List<Timeline.Span> of(List<Timeline.Span> spans, long iteration) {
    Map<String, List<Timeline.Span>> byPart = new HashMap<>();
    Timeline.Span last = null;
    for (Timeline.Span span : spans) {
      if (span.iteration() == iteration) {
        byPart.computeIfAbsent(span.part(), _ -> new ArrayList<>()).add(span);
        last = later(last, span);
      }
    }
    Deque<Timeline.Span> path = new ArrayDeque<>();
    Set<Timeline.Span> taken = new HashSet<>();
    while (last != null) {
      taken.add(last);
      path.addFirst(last);
      last = before(last, byPart, taken);
    }
    return List.copyOf(path);
  }

  private static Timeline.@Nullable Span before(
      Timeline.Span span, Map<String, List<Timeline.Span>> byPart, Set<Timeline.Span> taken) {
    Timeline.Span latest = null;
    for (String part : span.after()) {
      for (Timeline.Span each : byPart.getOrDefault(part, List.of())) {
        latest = taken.contains(each) ? latest : later(latest, each);
      }
    }
    for (Timeline.Span each : byPart.getOrDefault(span.part(), List.of())) {
      if (each.attempt() < span.attempt() && !taken.contains(each)) {
        latest = later(latest, each);
      }
    }
    return latest;
  }

  /** {@return the one that ended later; of two at once the one that was told later} */
  private static Timeline.Span later(Timeline.@Nullable Span one, Timeline.Span other) {
    return one == null || other.endNanos() >= one.endNanos() ? other : one;
  }
}
