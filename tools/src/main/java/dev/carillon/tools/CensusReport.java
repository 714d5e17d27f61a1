package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

import dev.carillon.event.EventStats;
import dev.carillon.flow.Timeline;
import dev.carillon.schedule.SchedulerStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sets what a census found out for people. */
final class CensusReport {
  private final Terminal terminal;
  private final CensusSummary summary;

  CensusReport(Terminal terminal, CensusSummary summary) {
    this.terminal = terminal;
    this.summary = summary;
  }

  void print(
      EventStats stats,
      SchedulerStats tasks,
      long peakPending,
      CensusTimes times,
      Timeline timeline) {
    line("");
    section("Classes", List.of(classes()));
    section("Deepest", chain());
    section("Interfaces", mostImplemented());
    section(
        "Events",
        List.of(
            "%s created, %s of them merges"
                .formatted(count(stats.created()), count(stats.merges())),
            "at least %s pending at the same time, %s slots used"
                .formatted(count(peakPending), count(stats.slots()))));
    section("Tasks", tasks(tasks));
    section(
        "Waiting",
        List.of(
            "from being read to being measured, on average, and classes at once",
            waits(times.waits(), "what others wait for is read first"),
            waits(times.waitsInTurn(), "first come, first served")));
    section(
        "Time",
        List.of(
            seconds(times.cold()) + "  from a cold start",
            seconds(times.events()) + "  warm, the best of three",
            seconds(times.inTurn()) + "  first come, first served, likewise",
            String.format(
                Locale.ROOT,
                "%s  by one thread without events, likewise: ratio %.2f",
                seconds(times.loops()),
                times.ratio())));
    section("Parts", parts(timeline));
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

  private static List<String> tasks(SchedulerStats stats) {
    return stats.bands().stream()
        .map(band ->
            "%6s  in the %s band, each in the queue for %s on average"
                .formatted(
                    count(band.dispatched()),
                    band.band(),
                    millis(band.meanWait().toNanos() / 1e9).strip()))
        .toList();
  }

  private static List<String> parts(Timeline timeline) {
    return timeline.spans().stream()
        .map(span -> seconds(span.duration().toNanos() / 1e9) + "  " + span.part())
        .toList();
  }

  private static String waits(Waits waits, String order) {
    return "%s  %5s  %s".formatted(millis(waits.mean()), count(waits.most()), order);
  }

  private static String millis(double seconds) {
    return String.format(Locale.ROOT, "%6.3f ms", seconds * 1e3);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%6.3f s", seconds);
  }

  /** Prints which classes have no result, each with the way that its poison came. */
  void print(PoisonedClasses poisoned) {
    line("");
    section(
        "Poisoned",
        List.of(
            count(poisoned.count()) + " classes, each with the way to the cause:",
            poisoned.cause()));
    poisoned.ways().forEach(way -> line("  " + way));
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
