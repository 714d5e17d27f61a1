package dev.carillon.flow;

import java.util.List;

/** Finds what determined how long an iteration took. */
final class CriticalPath {
  private CriticalPath() {}

  static List<Timeline.Span> of(List<Timeline.Span> spans, long iteration) {
    return spans.stream().filter(s -> s.iteration() == iteration).toList();
  }
}
