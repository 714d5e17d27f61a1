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
  private final Gen gen;

  RandomWalk(ReferenceModel model, ReferenceScript script, Object input, Gen gen) {
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
    apply(gen.oneOf(enabled));
  }

  void apply(ReferenceAction action) {
    run.apply(action);
    way.add(action);
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
