package dev.carillon.tools;

import static dev.carillon.tools.JsonText.quote;

import dev.carillon.event.EventStats;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes what a census found out as one JSON object. */
final class CensusJson {
  private final Map<String, String> members = new LinkedHashMap<>();

  CensusJson(CensusSummary summary, EventStats stats) {
    members.put("modules", String.valueOf(summary.modules()));
    members.put("classes", String.valueOf(summary.classes()));
    members.put("edges", String.valueOf(summary.edges()));
    members.put(
        "deepest", summary.deepest().isEmpty() ? "null" : quote(summary.deepest().getLast()));
    members.put("maxDepth", String.valueOf(summary.maxDepth()));
    members.put("mostImplemented", mostImplemented(summary));
    members.put("events", String.valueOf(stats.created()));
    members.put("merges", String.valueOf(stats.merges()));
    members.put("slots", String.valueOf(stats.slots()));
  }

  private static String mostImplemented(CensusSummary summary) {
    return summary.mostImplemented().stream()
        .map(used -> "{\"name\":" + quote(used.name()) + ",\"count\":" + used.count() + "}")
        .collect(Collectors.joining(",", "[", "]"));
  }

  CensusJson withSeconds(String name, double seconds) {
    members.put(name, String.format(Locale.ROOT, "%.6f", seconds));
    return this;
  }

  CensusJson with(String name, long number) {
    members.put(name, String.valueOf(number));
    return this;
  }

  CensusJson with(String name, String text) {
    members.put(name, quote(text));
    return this;
  }

  @Override
  public String toString() {
    return members.entrySet().stream()
        .map(member -> quote(member.getKey()) + ":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
