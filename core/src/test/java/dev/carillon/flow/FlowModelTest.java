package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** What the engine does, and tells of it, is what the reference allows, over random cycles. */
@Covers({
  "S20", "S21", "S22", "S23", "S24", "S25", "S26", "S27", "S30", "S31", "S32", "S33", "S34", "S35",
  "S36", "S37", "S38", "S40", "S42"
})
class FlowModelTest {

  /** What a case is about. */
  private enum Kind {
    /** All ends the same in any order: no units of their own, nothing that stops the run. */
    CERTAIN,
    /** Anything, with {@code cancel()} and {@code stop()} at any step. */
    ANY
  }

  @TestFactory
  Stream<DynamicTest> certainCycles_endAsTheReferenceSays() {
    return Property.check("certain cycles", 500, gen -> check(gen, Kind.CERTAIN));
  }

  @TestFactory
  Stream<DynamicTest> anyCycles_doOnlyWhatTheReferenceAllows() {
    return Property.check("any cycles", 500, gen -> check(gen, Kind.ANY));
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> manyCycles_doOnlyWhatTheReferenceAllows() {
    return Property.check(
        "many cycles", 4_000, gen -> check(gen, gen.chance(0.5) ? Kind.CERTAIN : Kind.ANY));
  }

  /** Checks a case; if it fails, tells of the smallest of the same seed that fails, too. */
  private static void check(Gen gen, Kind kind) throws Exception {
    try {
      checkOfSize(gen.seed(), kind, 25);
    } catch (Exception | AssertionError first) {
      for (int size = 3; size < 25; size++) {
        try {
          checkOfSize(gen.seed(), kind, size);
        } catch (Exception | AssertionError smaller) {
          smaller.addSuppressed(first);
          throw smaller;
        }
      }
      throw first;
    }
  }

  private static void checkOfSize(long seed, Kind kind, int size) {
    boolean isAny = kind == Kind.ANY;
    var cycle = new RandomCycle(seed, new RandomCycle.Profile(size, true, isAny, isAny));
    CycleDraft draft;
    try {
      draft = cycle.draft();
    } catch (PlanException e) {
      return; // one within it contradicts itself: judged where such a one is the outermost
    }
    ReferenceModel model = ReferenceModel.of(draft);
    try {
      if (model.circle().isPresent()) {
        assertThatThrownBy(cycle::compiled).isInstanceOf(PlanException.class);
      } else {
        checkRun(cycle, model, new Gen(seed), kind);
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "%s%nseed %x, %d parts at most:%n%s"
              .formatted(
                  e.getMessage(), seed, size, String.join("\n", RandomCycle.describe(draft))),
          e);
    }
  }

  private static void checkRun(RandomCycle cycle, ReferenceModel model, Gen gen, Kind kind) {
    Cycle<Long, Object> compiled = cycle.compiled();
    var names = RandomEngine.names((CompiledPlan) compiled.plan(), model);
    var trace = new TraceCheck(model, cycle.script, RandomCycle.INPUT, names);
    try (var engine = new RandomEngine(gen.split())) {
      LocalRun<Object> run = runOnEngine(engine, compiled, trace, gen, kind);
      ReferenceRun reference = trace.check();
      compare(run, reference, model);
      assertThat(List.copyOf(cycle.done))
          .as("finalisers and what is undone")
          .containsExactlyInAnyOrderElementsOf(owed(reference));
      if (kind == Kind.CERTAIN) {
        var walk = new RandomWalk(model, cycle.script, RandomCycle.INPUT, gen).toTheEnd();
        RandomWalk.Summary.of(reference).requireAgreement(RandomWalk.Summary.of(walk.run));
      }
    }
  }

  private static LocalRun<Object> runOnEngine(
      RandomEngine engine, Cycle<Long, Object> cycle, TraceCheck trace, Gen gen, Kind kind) {
    LocalRun<Object> run = engine.start(cycle, RandomCycle.INPUT, trace);
    if (kind == Kind.ANY && gen.chance(0.4)) {
      for (int i = gen.intBetween(0, 100); i > 0 && !run.isOver(); i--) {
        engine.step(run);
      }
      if (!run.isOver() && gen.chance(0.5)) {
        trace.cancelling();
        run.cancel();
      } else if (!run.isOver()) {
        trace.stopping();
        run.stop();
      }
    }
    engine.runToTheEnd(run);
    return run;
  }

  private static List<String> owed(ReferenceRun reference) {
    var owed = new ArrayList<String>();
    var outcomes = reference.state.outcomes();
    for (String undone : reference.state.undone()) {
      Outcome<Object> outcome = outcomes.get(undone);
      String part = undone.substring(0, undone.lastIndexOf('@'));
      owed.add("undo " + part + " " + (outcome == null ? "?" : outcome.result().orElse("?")));
    }
    owed.addAll(reference.state.finalisers());
    return owed;
  }

  private static void compare(LocalRun<Object> run, ReferenceRun reference, ReferenceModel model) {
    assertThat(run.status()).as("status").isEqualTo(reference.ended().orElseThrow());
    for (ReferenceModel.Node node : model.nodes) {
      if (!node.isGuard() && !node.isInput()) {
        assertThat(run.outcome(node.name).map(RandomWalk.Summary::plain))
            .as(node.name)
            .isEqualTo(reference.state.latestOutcome(node).map(RandomWalk.Summary::plain));
      }
    }
    if (!model.draft.isNothing(model.draft.output)) {
      assertThat(plain(run.output()))
          .as("value, of %s", reference.state.outcomes())
          .isEqualTo(plain(reference.state.value()));
    }
    assertThat(
            run.failures().stream()
                .filter(f -> f.severity() != RunStatus.OK && model.hasNode(f.part()))
                .filter(f -> !model.node(f.part()).isGuard())
                .map(FlowModelTest::plain))
        .as("failures")
        .containsExactlyInAnyOrderElementsOf(
            reference.state.failures().stream().filter(f -> !f.contains("guard,")).toList());
  }

  private static Optional<Object> plain(Optional<Object> value) {
    return value.map(RandomWalk.Summary::plainValue);
  }

  private static String plain(PartFailure failure) {
    return "iteration %d: %s, %d attempts, %s"
        .formatted(failure.iteration(), failure.part(), failure.attempts(), failure.severity());
  }
}
