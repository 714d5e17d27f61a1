package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The failures of a run, of which some are kept. Safe for use by any thread. */
final class Failures {
  private record Entry(long order, PartFailure failure) {}

  private final int most;

  // guarded by this
  private final List<Entry> kept = new ArrayList<>();
  private long count;

  Failures(int most) {
    this.most = most;
  }

  void add(
      String part, long iteration, int attempts, RunStatus severity, Throwable cause, int order) {
    add((long) order << 32, new PartFailure(part, iteration, attempts, severity, cause));
  }

  /** Adds the failure of an element of a part. */
  void addOfElement(PartFailure failure, int order, int element) {
    add(((long) order << 32) + element, failure);
  }

  private synchronized void add(long order, PartFailure failure) {
    count++;
    if (kept.size() < most) {
      kept.add(new Entry(order, failure));
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
                .thenComparingLong(Entry::order))
        .map(Entry::failure)
        .toList();
  }
}
