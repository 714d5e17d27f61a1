package dev.carillon.flow;

import dev.carillon.schedule.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks what was said of parts and branches, and finds what is probably not meant. */
final class PlanChecks {
  private static final int MOST_FINDINGS = 100;

  private final PlanGraph graph;
  private final List<String> findings;

  private PlanChecks(PlanGraph graph) {
    this.graph = graph;
    this.findings = graph.findings;
  }

  /**
   * Checks a definition, and adds to its findings.
   *
   * @throws PlanException if something cannot be
   */
  static void check(PlanGraph graph) {
    var checks = new PlanChecks(graph);
    checks.messages();
    checks.guards();
    checks.output();
    for (PartDraft<?> part : graph.draft.parts) {
      RulesDraft rules = part.rulesIfAny();
      if (rules != null) {
        checks.defaults(part, rules);
        checks.times(part, rules);
      }
    }
    checks.results();
    checks.gates();
  }

  /** {@return findings, of which there are not too many} */
  static List<String> bounded(List<String> findings) {
    if (findings.size() <= MOST_FINDINGS) {
      return findings;
    }
    var some = new ArrayList<>(findings.subList(0, MOST_FINDINGS));
    some.add("there are " + (findings.size() - MOST_FINDINGS) + " more findings");
    return some;
  }

  private PlanException wrong(String rule, PartDraft<?> part, String value) {
    return new PlanException(
        "%s: cycle=%s, part=%s, %s".formatted(rule, graph.draft.cycleName, part.name(), value));
  }

  private void messages() {
    if (graph.draft.messages != null
        && graph.draft.root.sync.between() instanceof Sync.Independent) {
      throw new PlanException(
          "each message is the input of one iteration, and there is none of a cycle whose branches"
              + " repeat by themselves: cycle="
              + graph.draft.cycleName);
    }
  }

  private void guards() {
    for (int b = 0; b < graph.tree.size(); b++) {
      BranchDraft<?> branch = graph.tree.draft(b);
      if (!branch.guards.isEmpty() && branch.has(PlanGraph.GUARD)) {
        throw new PlanException(
            "a branch with a guard has nothing else of that name: cycle=%s, name=\"%s\""
                .formatted(graph.draft.cycleName, branch.path(PlanGraph.GUARD)));
      }
    }
  }

  private void output() {
    Out<?> output = graph.draft.output;
    if (output instanceof PartDraft<?> part && part.isPropagating()) {
      throw wrong(
          "a part that hands its failures on gives results, by what propagating() returned",
          part,
          "it is what the cycle returns");
    }
  }

  // ── defaults ──

  private void defaults(PartDraft<?> part, RulesDraft rules) {
    OnError<?> policy = rules.onError;
    if (policy instanceof OnError.Again<?> again) {
      policy = again.then();
    }
    if (!(policy instanceof OnError.UseDefault<?> fallback)) {
      return;
    }
    if (rules.propagating) {
      throw wrong(
          "a part that hands its failures on has no default", part, "default=" + fallback.value());
    }
    for (Check check : rules.checks) {
      String trouble = trouble(check, fallback.value());
      if (!trouble.isEmpty()) {
        throw wrong(
            "a default must pass the checks of its part",
            part,
            "rule=\"%s\", default=%s%s".formatted(check.rule(), fallback.value(), trouble));
      }
    }
  }

  private static String trouble(Check check, Object value) {
    try {
      return check.passes().test(value) ? "" : ", which does not pass";
    } catch (RuntimeException e) {
      return ", for which the check threw " + e;
    }
  }

  // ── times ──

  private void times(PartDraft<?> part, RulesDraft rules) {
    Duration within = rules.within;
    Duration attempt = rules.attempt;
    if (within == null) {
      return;
    }
    if (attempt != null && attempt.compareTo(within) > 0) {
      findings.add(
          "an attempt of \"%s\" may take %s, longer than all of them together, %s"
              .formatted(part.name(), attempt, within));
    }
    if (rules.onError instanceof OnError.Again<?> again && again.policy().maxAttempts() > 1) {
      Duration pause = leastPause(again.policy().backoff());
      if (pause.compareTo(within) > 0) {
        findings.add(
            "\"%s\" is never tried again, as it may take %s, and the first pause alone is %s"
                .formatted(part.name(), within, pause));
      }
    }
  }

  private static Duration leastPause(Backoff backoff) {
    if (backoff.jitter() == Backoff.Jitter.FULL) {
      return Duration.ZERO;
    }
    return backoff.first().compareTo(backoff.cap()) < 0 ? backoff.first() : backoff.cap();
  }

  // ── results ──

  private void results() {
    boolean[] isTaken = new boolean[graph.parts];
    Edges edges = graph.edges;
    for (int e = 0; e < edges.size(); e++) {
      if (edges.why(e) == Edges.Why.WIRE || edges.why(e) == Edges.Why.READS) {
        isTaken[edges.from(e)] = true;
      }
    }
    if (graph.draft.output != null) {
      isTaken[PartDraft.of(graph.draft.output).id] = true;
    }
    for (PartDraft<?> part : graph.draft.parts) {
      if (part.isPropagating() && !isTaken[part.id]) {
        findings.add("\"%s\" hands its failures on, and nobody takes them".formatted(part.name()));
      }
    }
  }

  // ── gates ──

  private void gates() {
    int[] parts = new int[graph.tree.size()];
    boolean[] hasMany = new boolean[parts.length]; // attempts of one part at once
    for (PartDraft<?> part : graph.draft.parts) {
      if (part.form != Form.SOURCE) {
        int b = graph.branch(part.id);
        parts[b]++;
        hasMany[b] |= part.form == Form.EACH;
      }
    }
    for (int b = parts.length - 1; b >= 0; b--) {
      BranchDraft<?> branch = graph.tree.draft(b);
      int limit = branch.sync.limit().orElse(0);
      if (limit > parts[b] && !hasMany[b]) {
        findings.add(
            "\"%s\" lets %d attempts run at once and has only %d parts"
                .formatted(branch, limit, parts[b]));
      }
      if (b > 0) {
        parts[graph.tree.parent[b]] += parts[b];
        hasMany[graph.tree.parent[b]] |= hasMany[b];
      }
    }
  }
}
