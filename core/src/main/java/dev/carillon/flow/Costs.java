package dev.carillon.flow;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/** What the parts of a cycle cost in the past: for retries that have to end in time. */
final class Costs {
  private static final int KEPT = 32;

  /** The latest successes of a part, in a ring. */
  private static final class Past {
    private final long[] nanos = new long[KEPT];
    private int count; // guarded by this

    synchronized void add(long cost) {
      nanos[count % KEPT] = cost;
      count = count == 2 * KEPT - 1 ? KEPT : count + 1;
    }

    synchronized long median() {
      if (count == 0) {
        return 0;
      }
      long[] sorted = Arrays.copyOf(nanos, Math.min(count, KEPT));
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  private final ConcurrentHashMap<Integer, Past> parts = new ConcurrentHashMap<>();

  void add(int part, long nanos) {
    parts.computeIfAbsent(part, _ -> new Past()).add(nanos);
  }

  /** {@return the median cost of a part's successes in nanoseconds; 0 if there are none} */
  long median(int part) {
    Past past = parts.get(part);
    return past == null ? 0 : past.median();
  }
}
