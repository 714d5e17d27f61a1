package dev.carillon.schedule;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

/** What tasks cost in the past, by name. */
final class CostHistory {
  /*
   * The last 31 successes of each name, whose median is the expectation. Only so many names are
   * remembered, the first ones: a program that makes up a name for every task learns nothing, but
   * does not fill the heap either.
   */
  private static final int KEPT = 31;
  private static final int MOST_NAMES = 1024;

  /** The past of one name. */
  private static final class Past {
    private final long[] costs = new long[KEPT];
    private int count;
    private int next;

    synchronized void add(long cost) {
      costs[next] = cost;
      next = (next + 1) % KEPT;
      count = Math.min(count + 1, KEPT);
    }

    synchronized long median() {
      long[] sorted = Arrays.copyOf(costs, count);
      Arrays.sort(sorted);
      return count == 0 ? 0 : sorted[count / 2];
    }
  }

  private final ConcurrentHashMap<String, Past> names = new ConcurrentHashMap<>();

  void add(String name, long nanos) {
    Past past = names.get(name);
    if (past == null) {
      if (names.size() >= MOST_NAMES) {
        return;
      }
      past = names.computeIfAbsent(name, _ -> new Past());
    }
    past.add(nanos);
  }

  /** {@return the median cost of past successes in nanoseconds; 0 if there are none} */
  long median(String name) {
    Past past = names.get(name);
    return past == null ? 0 : past.median();
  }
}
