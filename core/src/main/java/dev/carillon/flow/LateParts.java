package dev.carillon.flow;

import java.util.ArrayList;
import java.util.List;

/** The parts of a run that were late, of which some are kept. Safe for use by any thread. */
final class LateParts {
  private final int most;

  // guarded by this
  private final List<LatePart> kept = new ArrayList<>();
  private long count;

  LateParts(int most) {
    this.most = most;
  }

  synchronized void add(LatePart part) {
    count++;
    if (kept.size() < most) {
      kept.add(part);
    }
  }

  synchronized long count() {
    return count;
  }

  synchronized List<LatePart> all() {
    return List.copyOf(kept);
  }

  /** {@return what is to be said of them behind something else; empty if there are none} */
  synchronized String words() {
    if (count == 0) {
      return "";
    }
    String first = kept.isEmpty() ? "" : kept.getFirst().toString();
    return count == 1 ? "; late: " + first : "; %d parts late, first: %s".formatted(count, first);
  }
}
