package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a source does not take in, by rule, and logs each rule once a second at most. */
final class Refusals {
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final long SECOND = 1_000_000_000;

  /** Rules are few; should a kind make them up from what comes in, the rest is counted together. */
  private static final int MOST_RULES = 64;

  private final String source;
  private final Map<String, Count> byRule = new ConcurrentHashMap<>();

  Refusals(String source) {
    this.source = source;
  }

  void add(String rule, String what) {
    Count count = byRule.get(rule);
    if (count == null) {
      String bounded = byRule.size() < MOST_RULES ? rule : "other";
      count = byRule.computeIfAbsent(bounded, _ -> new Count());
    }
    count.number.increment();
    long now = System.nanoTime();
    long last = count.logged.get();
    if (now - last >= SECOND && count.logged.compareAndSet(last, now)) {
      LOG.log(
          Level.WARNING,
          "source \"%s\" refused: rule=%s, %s (%d so far)"
              .formatted(source, rule, what, count.number.sum()));
    }
  }

  Map<String, Long> counts() {
    var counts = new TreeMap<String, Long>();
    byRule.forEach((rule, count) -> counts.put(rule, count.number.sum()));
    return counts;
  }

  private static final class Count {
    final LongAdder number = new LongAdder();
    final AtomicLong logged = new AtomicLong(System.nanoTime() - SECOND);
  }
}
