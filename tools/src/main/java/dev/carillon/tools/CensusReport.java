package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.event.EventStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sets what a census found out for people. */
final class CensusReport {
  private static final int SHOWN_POISONED = 20;

  private final Terminal terminal;
  private final CensusSummary summary;

  CensusReport(Terminal terminal, CensusSummary summary) {
    this.terminal = terminal;
    this.summary = summary;
  }

  void print(EventStats stats, long peakPending, CensusTimes times) {
    line("");
    section("Classes", List.of(classes()));
    section("Deepest", chain());
    section("Interfaces", mostImplemented());
    section(
        "Events",
        List.of(
            "%s created, %s of them merges"
                .formatted(count(stats.created()), count(stats.merges())),
            "%s pending at the same time, %s slots used"
                .formatted(count(peakPending), count(stats.slots()))));
    section(
        "Time",
        List.of(
            seconds(times.cold()) + "  from a cold start",
            seconds(times.events()) + "  warm, the best of three",
            String.format(
                Locale.ROOT,
                "%s  by one thread without events, likewise: ratio %.2f",
                seconds(times.loops()),
                times.ratio())));
    section("Digest", List.of(summary.digest()));
  }

  private String classes() {
    return "%s in %s modules, %s edges to supertypes"
        .formatted(count(summary.classes()), count(summary.modules()), count(summary.edges()));
  }

  private List<String> chain() {
    if (summary.deepest().isEmpty()) {
      return List.of("none");
    }
    var lines = new ArrayList<String>();
    lines.add(summary.maxDepth() + " steps from " + summary.deepest().getFirst());
    String indent = "";
    for (String name : summary.deepest().subList(1, summary.deepest().size())) {
      lines.add(indent + "> " + name);
      indent += "  ";
    }
    return lines;
  }

  private List<String> mostImplemented() {
    var lines = new ArrayList<String>();
    lines.add("those that most classes and interfaces name as their own");
    for (CensusSummary.Implemented used : summary.mostImplemented()) {
      lines.add("%6s  %s".formatted(count(used.count()), used.name()));
    }
    return lines;
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%6.3f s", seconds);
  }

  /** Prints which classes have no result, each with the way to the broken one. */
  <T> void printPoisoned(ClassTable<T> table, ClassNode<T> broken) {
    List<String> ways =
        table.nodes().stream()
            .filter(node -> !node.isMeasured())
            .map(node -> way(node, broken))
            .sorted()
            .toList();
    int shown = terminal.isLive() ? Math.min(ways.size(), SHOWN_POISONED) : ways.size();
    line("");
    section("Poisoned", List.of(count(ways.size()) + " classes, each with the way to the cause"));
    ways.subList(0, shown).forEach(way -> line("  " + way));
    if (shown < ways.size()) {
      line("  and " + count(ways.size() - shown) + " more: all are shown in a pipe or a file");
    }
  }

  private static <T> String way(ClassNode<T> poisoned, ClassNode<T> broken) {
    var way = new StringBuilder(poisoned.name());
    for (ClassNode<T> node = poisoned; node != broken; ) {
      node = firstPoisoned(node);
      way.append(" <- ").append(node.name());
    }
    return way.toString();
  }

  private static <T> ClassNode<T> firstPoisoned(ClassNode<T> node) {
    for (ClassNode<T> supertype : node.supertypes()) {
      if (!supertype.isMeasured()) {
        return supertype;
      }
    }
    throw new IllegalStateException("a supertype must be without result: class=" + node.name());
  }

  private void section(String title, List<String> lines) {
    String label = terminal.bold("%-11s".formatted(title));
    for (String line : lines) {
      line(label + line);
      label = " ".repeat(11);
    }
  }

  private void line(String line) {
    terminal.println(line.stripTrailing());
  }
}
