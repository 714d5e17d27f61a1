package dev.carillon.flow;

import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How a part is run, in words. */
final class PolicyWords {
  private final List<String> words = new ArrayList<>();

  private PolicyWords() {}

  /** {@return a phrase for each setting that is not the default} */
  static List<String> of(CompiledPlan plan, @Nullable PartRules rules) {
    var all = new PolicyWords();
    if (rules != null) {
      all.addTimes(rules);
      all.addPlace(rules);
      all.addChecks(rules);
      rules.gates().forEach(gate -> all.addGate(plan.gates[gate]));
    }
    return List.copyOf(all.words);
  }

  private void add(boolean isSaid, String phrase) {
    if (isSaid) {
      words.add(phrase);
    }
  }

  private void addTimes(PartRules rules) {
    boolean isDefault = rules.onError() instanceof OnError.CleanFail;
    add(!isDefault, "on error: " + words(rules.onError(), rules.propagating()));
    add(isDefault && rules.propagating(), "on error: propagate");
    add(rules.withinNanos() > 0, "within " + Duration.ofNanos(rules.withinNanos()));
    add(rules.attemptNanos() > 0, "attempts of " + Duration.ofNanos(rules.attemptNanos()));
    add(
        rules.dueNanos() != Deadlines.NONE,
        "due " + Duration.ofNanos(rules.dueNanos()) + " after the iteration began");
    add(rules.late() == Late.DROP, "dropped if late");
    add(rules.late() == Late.DOWNGRADE, "in the lowest band if late");
    add(rules.costNanos() > 0, "takes about " + Duration.ofNanos(rules.costNanos()));
  }

  static String words(OnError<?> policy, boolean propagating) {
    String last = propagating ? "propagate" : null;
    return switch (policy) {
      case OnError.Again<?> again ->
          "up to %d attempts, then %s"
              .formatted(
                  again.policy().maxAttempts(), last == null ? words(again.then(), false) : last);
      case OnError.InstantFail<?> _ -> last == null ? "instant fail" : last;
      case OnError.CleanFail<?> _ -> last == null ? "clean fail" : last;
      case OnError.Skip<?> _ -> last == null ? "skip" : last;
      case OnError.StopQuietly<?> _ -> last == null ? "stop quietly" : last;
      case OnError.UseDefault<?> fallback ->
          fallback.fatal() ? "fail with a default" : "use a default";
    };
  }

  private void addPlace(PartRules rules) {
    add(!rules.placement().equals(Placement.CPU), "on " + rules.placement().pool());
    add(rules.site() != null, "at " + rules.site());
    add(rules.lane() != null, "in lane " + rules.lane());
    add(rules.band() != null, "priority " + rules.band());
    add(!rules.locks().isEmpty(), "locks " + String.join(", ", rules.locks()));
    new TreeMap<>(rules.needs())
        .forEach((name, count) -> words.add("needs %d of %s".formatted(count, name)));
  }

  private void addChecks(PartRules rules) {
    rules.checks().forEach(check -> words.add("gives what passes \"" + check.rule() + "\""));
    for (PartRules.WireRules wire : rules.wires()) {
      wire.checks().forEach(check -> words.add("takes what passes \"" + check.rule() + "\""));
    }
    add(!rules.guards().isEmpty(), "guarded");
    add(rules.undo() != null, "can be undone");
    var read = new TreeSet<String>();
    rules.readKeys().forEach(key -> read.add(key.name()));
    var written = new TreeSet<String>();
    rules.writtenKeys().forEach(key -> written.add(key.name()));
    read.removeAll(written);
    add(!read.isEmpty(), "reads " + String.join(", ", read));
    add(!written.isEmpty(), "writes " + String.join(", ", written));
  }

  private void addGate(CompiledPlan.GatePlan gate) {
    gate.limit()
        .ifPresent(most -> words.add("gate %s: at most %d at once".formatted(gate.name(), most)));
    Sync.Rate rate = gate.rate();
    if (rate != null) {
      words.add("gate %s: %d in %s".formatted(gate.name(), rate.permits(), rate.period()));
    }
  }
}
