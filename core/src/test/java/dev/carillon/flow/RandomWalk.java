package dev.carillon.flow;

import dev.carillon.build.Gen;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A run of the reference in which chance chooses among all that is allowed. */
final class RandomWalk {
  private static final int MOST_STEPS = 200_000;

  final ReferenceRun run;
  final List<ReferenceAction> way = new ArrayList<>();

  /** What an engine would tell of the way: of decisions only that a part is admitted. */
  final List<ReferenceAction> told = new ArrayList<>();

  private final ReferenceModel model;
  private final Gen gen;

  RandomWalk(ReferenceModel model, ReferenceScript script, Object input, Gen gen) {
    this.model = model;
    this.run = new ReferenceRun(model, script, input);
    this.gen = gen;
  }

  /** Goes on until the run has ended; fails if it cannot. */
  RandomWalk toTheEnd() {
    while (run.ended().isEmpty()) {
      step();
    }
    return this;
  }

  /** Does one of the actions that are allowed; fails if there is none. */
  void step() {
    List<ReferenceAction> enabled = run.enabled();
    if (enabled.isEmpty() || way.size() > MOST_STEPS) {
      throw new AssertionError(
          "%s after %d steps, the last of them %s"
              .formatted(enabled.isEmpty() ? "stuck" : "no end", way.size(), last()));
    }
    ReferenceAction action = gen.oneOf(enabled);
    apply(action);
    if (action instanceof ReferenceAction.Decide(String node, long k)) {
      ReferenceCell cell = run.state.cell(model.node(node), k);
      if (!cell.wasAdmitted) { // an engine tells of both at once
        apply(new ReferenceAction.End(node, k, cell.ending));
      }
    }
  }

  void apply(ReferenceAction action) {
    run.apply(action);
    way.add(action);
    boolean isTold =
        !(action instanceof ReferenceAction.Decide(String node, long k))
            || run.state.cell(model.node(node), k).wasAdmitted;
    if (isTold) {
      told.add(action);
    }
  }

  private List<ReferenceAction> last() {
    return way.subList(Math.max(0, way.size() - 40), way.size());
  }

  /**
   * What came of a run, as far as it does not depend on chance.
   *
   * @param status of the run
   * @param iterations the status of each
   * @param outcomes of each node in each
   * @param failures that count
   * @param value of the cycle
   */
  record Summary(
      RunStatus status,
      Map<String, RunStatus> iterations,
      Map<String, String> outcomes,
      List<String> failures,
      Optional<Object> value) {

    static Summary of(ReferenceRun run) {
      var outcomes = new TreeMap<String, String>();
      run.state.outcomes().forEach((at, outcome) -> outcomes.put(at, plain(outcome)));
      return new Summary(
          run.ended().orElseThrow(),
          run.state.iterationStatuses(),
          outcomes,
          run.state.failures(),
          run.state.value().map(Summary::plainValue));
    }

    /**
     * Fails if this and another run of the same certain cycle differ in more than how many
     * iterations had begun when the loop ended, which is a matter of time in a pipeline.
     */
    void requireAgreement(Summary other) {
      if (iterations.equals(other.iterations)) {
        if (!equals(other)) {
          throw new AssertionError(this + "\nis not\n" + other);
        }
        return;
      }
      other.iterations.forEach(
          (at, ended) -> requireSame("iteration " + at, iterations.getOrDefault(at, ended), ended));
      other.outcomes.forEach(
          (at, outcome) -> requireSame(at, outcomes.getOrDefault(at, outcome), outcome));
    }

    private static void requireSame(String at, Object one, Object other) {
      if (!one.equals(other)) {
        throw new AssertionError("%s: %s is not %s".formatted(at, one, other));
      }
    }

    /** {@return an outcome without its causes, which are not the same objects twice} */
    static String plain(Outcome<?> outcome) {
      return switch (outcome) {
        case Outcome.Success<?>(Object value) -> "Success " + plainValue(value);
        case Outcome.Fallback<?>(Object value, _, boolean fatal) ->
            "Fallback " + value + (fatal ? ", fatal" : "");
        case Outcome.Skipped<?>(Outcome.Why why, _) -> "Skipped " + why;
        case Outcome.Propagated<?> _, Outcome.Failed<?> _, Outcome.Cancelled<?> _ ->
            outcome.getClass().getSimpleName();
      };
    }

    static Object plainValue(Object value) {
      return value instanceof Result.Err<?> ? "Err" : value;
    }
  }
}
