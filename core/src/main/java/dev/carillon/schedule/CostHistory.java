package dev.carillon.schedule;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What tasks cost in the past, by name. Safe for use by any thread. */
final class CostHistory {
  /*
   * The last 32 successes of each name, whose median is the expectation; it is found anew after
   * each of the first, then after every sixteenth. A cost that comes while another thread notes one
   * is left out: it would not change the median. Only so many names are remembered, the first ones: a program that makes up a name for
   * every task learns nothing, but does not fill the heap either.
   */
  private static final int KEPT = 32;
  private static final int EVERY = 16;
  private static final int MOST_NAMES = 1024;

  /** The past of one name. */
  private static final class Past {
    private final AtomicBoolean busy = new AtomicBoolean();

    // written by whoever has made it busy; the median is read by anyone
    private final long[] costs = new long[KEPT];
    private long count;
    private volatile long median;

    void add(long cost) {
      if (!busy.compareAndSet(false, true)) {
        return;
      }
      costs[(int) (count++ % KEPT)] = cost;
      if (count < EVERY || count % EVERY == 0) {
        long[] sorted = Arrays.copyOf(costs, (int) Math.min(count, KEPT));
        Arrays.sort(sorted);
        median = sorted[sorted.length / 2];
      }
      busy.set(false);
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
    return past == null ? 0 : past.median;
  }
}
