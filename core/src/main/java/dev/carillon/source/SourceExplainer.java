package dev.carillon.source;

import java.util.ArrayList;
import java.util.List;

/** Says in words how a source is. */
final class SourceExplainer {
  private SourceExplainer() {}

  static String explain(Source<?> source, boolean isPaused) {
    SourceStats stats = source.stats();
    var lines = new ArrayList<String>();
    lines.add(
        "source \"%s\" [%s] %s%s"
            .formatted(
                source.name(),
                source.kind(),
                stats.state(),
                source.address().map(a -> " at " + a).orElse("")));
    source.failure().ifPresent(failure -> lines.add("failed: " + failure));
    source.position().ifPresent(position -> lines.add("continues at: " + position));
    lines.add(
        "items: taken=%d settled=%d failed=%d retried=%d starts=%d"
            .formatted(
                stats.taken(), stats.settled(), stats.failed(), stats.retried(), stats.starts()));
    lines.add(
        "under way: %d of %d%s"
            .formatted(stats.underWay(), source.config().window(), held(stats, source, isPaused)));
    if (stats.waits() > 0) {
      lines.add("waited for room: %d times, %s".formatted(stats.waits(), stats.waited()));
    }
    stats.refused().forEach((rule, count) -> lines.add("refused by " + rule + ": " + count));
    return String.join("\n", indented(lines)) + "\n";
  }

  private static String held(SourceStats stats, Source<?> source, boolean isPaused) {
    if (isPaused) {
      return ", paused";
    }
    return stats.underWay() >= source.config().window()
        ? ": full, so nothing more is read until a handler is done"
        : "";
  }

  private static List<String> indented(List<String> lines) {
    var all = new ArrayList<String>();
    for (int i = 0; i < lines.size(); i++) {
      all.add(i == 0 ? lines.get(i) : (i == lines.size() - 1 ? "└─ " : "├─ ") + lines.get(i));
    }
    return all;
  }
}
