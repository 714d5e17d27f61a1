package dev.carillon.event;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Prints an explanation as a tree. */
final class ExplanationText {
  private final StringBuilder text = new StringBuilder();

  private ExplanationText() {}

  static String of(Explanation explanation) {
    var printer = new ExplanationText();
    printer.event(explanation, "", "");
    if (explanation.cut() > 0) {
      printer.text.append("(").append(explanation.cut()).append(" more left out)\n");
    }
    return printer.text.toString();
  }

  /** A line with what belongs below it. */
  private interface Branch {
    void print(String first, String rest);
  }

  private void event(Explanation e, String first, String rest) {
    text.append(first).append(headline(e)).append('\n');
    var branches = new ArrayList<Branch>();
    e.poison().ifPresent(p -> branches.add((f, r) -> lines(p.message(), f, r)));
    e.createdAt().ifPresent(site -> branches.add((f, r) -> lines("created at " + site, f, r)));
    e.guardedBy().ifPresent(thread -> branches.add((f, r) -> lines("guarded by " + thread, f, r)));
    if (!e.waitsFor().isEmpty()) {
      branches.add((f, r) -> {
        lines("waits for", f, r);
        below(r, e.waitsFor().stream().<Branch>map(w -> (f2, r2) -> event(w, f2, r2)).toList());
      });
    }
    if (!e.waiters().isEmpty()) {
      branches.add((f, r) -> {
        lines("awaited by", f, r);
        waiters(e.waiters(), r);
      });
    }
    below(rest, branches);
  }

  private void waiters(List<Explanation.Waiter> waiters, String rest) {
    below(
        rest,
        waiters.stream()
            .<Branch>map(w ->
                (f, r) -> {
                  lines(w.description(), f, r);
                  waiters(w.waiters(), r);
                })
            .toList());
  }

  private void below(String rest, List<Branch> branches) {
    for (int i = 0; i < branches.size(); i++) {
      boolean last = i == branches.size() - 1;
      branches.get(i).print(rest + (last ? "└─ " : "├─ "), rest + (last ? "   " : "│  "));
    }
  }

  private void lines(String content, String first, String rest) {
    String prefix = first;
    for (String line : content.split("\n", -1)) {
      text.append(prefix).append(line).append('\n');
      prefix = rest;
    }
  }

  private static String headline(Explanation e) {
    String label = e.name().map(n -> n + " [" + e.handle() + "]").orElse(e.handle().toString());
    String age = e.status() == EventStatus.PENDING ? " for " + readable(e.age()) : "";
    return label + " " + e.status() + age;
  }

  private static String readable(Duration age) {
    return age.toSeconds() == 0 ? "under 2 s" : "about " + age.toSeconds() + " s";
  }
}
