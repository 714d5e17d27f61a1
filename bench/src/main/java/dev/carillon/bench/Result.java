package dev.carillon.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a group, to be shown as a table or as JSON.
 *
 * @param group what was measured
 * @param rows the measurements
 * @param notes what else was found out
 * @param slower how much slower this machine is than the one that the goals were set on
 */
record Result(Group group, Rows rows, List<String> notes, double slower) {

  /** {@return the result of a group, measured now} */
  static Result of(Group group, Plan plan, Progress progress, double slower) {
    Rows rows = group.measure(plan, progress);
    return new Result(group, rows, group.notes().get(), slower);
  }

  /** {@return the result for people} */
  String text() {
    var text = new StringBuilder();
    text.append("%n%-3s %s; per %s%n".formatted(group.id(), group.title(), group.per()));
    String title =
        "    %-46s %10s %17s %8s %13s%s  %s%n"
            .formatted(
                "subject",
                "size",
                group.unit().symbol,
                "p99",
                "B",
                wakeUps("wake-ups"),
                "ours/theirs");
    text.append(title);
    for (Row row : rows.all()) {
      text.append(line(row).stripTrailing()).append(System.lineSeparator());
    }
    rows.growth()
        .forEach((subject, n) -> text.append("    growth: %s, n^%.2f%n".formatted(subject, n)));
    notes.forEach(note -> text.append("    note: %s%n".formatted(note)));
    for (Goal goal : group.goals()) {
      goal.measure().apply(rows).ifPresent(score -> text.append(verdict(goal, score)));
    }
    return text.toString();
  }

  private String line(Row row) {
    double nanos = group.unit().nanos;
    return "    %-46s %10s %17s %8s %13s%s  %s"
        .formatted(
            row.label(),
            row.size() == 0 ? "" : "%,d".formatted(row.size()),
            row.time() == null ? "" : shown(row.time().over(nanos)),
            row.tail() == null ? "" : number(row.tail().over(nanos).value()),
            Double.isNaN(row.bytes()) ? "" : "%,.1f".formatted(Math.abs(row.bytes())),
            wakeUps(row.wakeUps() == null ? "" : shown(row.wakeUps())),
            group.ratio(rows, row).map(Result::shown).orElse(""));
  }

  /** {@return what is in a column that only tables have in which wake-ups were counted} */
  private String wakeUps(String cell) {
    return rows.all().stream().allMatch(row -> row.wakeUps() == null)
        ? ""
        : " %17s".formatted(cell);
  }

  private String verdict(Goal goal, Score score) {
    String here = goal.timed() ? "; for this machine " + share(goal, score, slower) : "";
    return "    goal: %-40s %s%s%n".formatted(goal.text(), share(goal, score, 1), here);
  }

  private static String share(Goal goal, Score score, double slower) {
    double share = goal.share(score, slower);
    return "%s (%.0f %% of the limit)".formatted(share <= 1 ? "met" : "MISSED", 100 * share);
  }

  private static String shown(Score score) {
    return number(score.value()) + " ± " + number(score.error());
  }

  /** {@return three figures, and no more than two after the point} */
  private static String number(double value) {
    return value < 10
        ? "%.2f".formatted(value)
        : value < 100 ? "%.1f".formatted(value) : "%,.0f".formatted(value);
  }

  /** {@return the result for programs; times in nanoseconds} */
  Map<String, Object> json() {
    var json = new LinkedHashMap<String, Object>();
    json.put("id", group.id());
    json.put("title", group.title());
    json.put("per", group.per());
    json.put("subjects", rows.all().stream().map(this::json).toList());
    json.put("growth", rows.growth());
    json.put("notes", notes);
    var goals = new ArrayList<Object>();
    for (Goal goal : group.goals()) {
      goal.measure().apply(rows).ifPresent(score -> goals.add(json(goal, score)));
    }
    json.put("goals", goals);
    return json;
  }

  private Map<String, @Nullable Object> json(Row row) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("subject", row.label());
    json.put("ours", row.ours());
    json.put("size", row.size() == 0 ? null : row.size());
    put(json, row.tail() == null ? "nanos" : "p50Nanos", row.time());
    put(json, "p99Nanos", row.tail());
    json.put("bytes", Double.isNaN(row.bytes()) ? null : row.bytes());
    put(json, "wakeUps", row.wakeUps());
    Optional<Score> ratio = group.ratio(rows, row);
    put(json, "oursOverTheirs", ratio.orElse(null));
    return json;
  }

  private static void put(Map<String, @Nullable Object> json, String name, @Nullable Score score) {
    if (score != null) {
      json.put(name, score.value());
      json.put(name + "Error", score.error());
    }
  }

  private Map<String, Object> json(Goal goal, Score score) {
    var json = new LinkedHashMap<String, Object>();
    json.put("goal", goal.text());
    json.put("limit", goal.limit());
    json.put("measured", score.value());
    json.put("error", score.error());
    json.put("met", goal.share(score, 1) <= 1);
    json.put("metForThisMachine", goal.share(score, slower) <= 1);
    return json;
  }
}
