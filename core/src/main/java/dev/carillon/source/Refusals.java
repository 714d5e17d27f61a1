package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a source does not take in, by rule, and logs each rule once a second at most. */
final class Refusals {
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");
  private static final int LONGEST_WORDS = 500;

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
    if (count.logging.isDue()) {
      LOG.log(
          Level.WARNING,
          "source \"%s\" refused: rule=%s, %s (%d so far)"
              .formatted(source, rule, harmless(what), count.number.sum()));
    }
  }

  /** {@return a text as one line of bounded length, as some of it comes from outside} */
  private static String harmless(String text) {
    String bounded = text.length() <= LONGEST_WORDS ? text : text.substring(0, LONGEST_WORDS) + "…";
    return bounded.codePoints().noneMatch(Character::isISOControl)
        ? bounded
        : bounded.replaceAll("\\p{Cntrl}", "?");
  }

  Map<String, Long> counts() {
    var counts = new TreeMap<String, Long>();
    byRule.forEach((rule, count) -> counts.put(rule, count.number.sum()));
    return counts;
  }

  private static final class Count {
    final LongAdder number = new LongAdder();
    final OncePerSecond logging = new OncePerSecond();
  }
}
