package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The failures of a run, of which some are kept. Safe for use by any thread. */
final class Failures {
  private record Entry(int order, PartFailure failure) {}

  private final int most;

  // guarded by this
  private final List<Entry> kept = new ArrayList<>();
  private long count;

  Failures(int most) {
    this.most = most;
  }

  synchronized void add(
      String part, long iteration, int attempts, RunStatus severity, Throwable cause, int order) {
    count++;
    if (kept.size() < most) {
      kept.add(new Entry(order, new PartFailure(part, iteration, attempts, severity, cause)));
    }
  }

  synchronized long count() {
    return count;
  }

  /** {@return those that are kept, in the order of the iterations and of the plan} */
  synchronized List<PartFailure> all() {
    return kept.stream()
        .sorted(
            Comparator.comparingLong((Entry entry) -> entry.failure().iteration())
                .thenComparingInt(Entry::order))
        .map(Entry::failure)
        .toList();
  }
}
