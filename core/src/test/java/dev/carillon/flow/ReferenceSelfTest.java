package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The reference, held against itself over random cycles. */
class ReferenceSelfTest {
  private static final RandomCycle.Profile ANY = new RandomCycle.Profile(25, false, true, true);
  private static final RandomCycle.Profile CERTAIN =
      new RandomCycle.Profile(25, false, false, false);

  private static RandomWalk walk(RandomCycle cycle, ReferenceModel model, Gen gen) {
    return new RandomWalk(model, cycle.script, RandomCycle.INPUT, gen);
  }

  private static void shown(CycleDraft draft, Runnable check) {
    try {
      check.run();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(
          e.getMessage() + "\nof\n" + String.join("\n", RandomCycle.describe(draft)), e);
    }
  }

  @TestFactory
  Stream<DynamicTest> walks_inAnyOrder_endTheSame() {
    return Property.check(
        "walks end the same",
        500,
        gen -> {
          var cycle = new RandomCycle(gen.seed(), CERTAIN);
          CycleDraft draft = cycle.draft();
          ReferenceModel model = ReferenceModel.of(draft);
          if (model.circle().isEmpty()) {
            shown(
                draft,
                () -> {
                  var one = RandomWalk.Summary.of(walk(cycle, model, gen.split()).toTheEnd().run);
                  var other = RandomWalk.Summary.of(walk(cycle, model, gen.split()).toTheEnd().run);
                  one.requireAgreement(other);
                });
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> walks_ofAnyCycle_end_andAreTracesThatPass() {
    return Property.check(
        "walks pass",
        500,
        gen -> {
          var cycle = new RandomCycle(gen.seed(), ANY);
          CycleDraft draft = cycle.draft();
          ReferenceModel model = ReferenceModel.of(draft);
          if (model.circle().isEmpty()) {
            shown(draft, () -> walkAndCheck(cycle, model, gen));
          }
        });
  }

  private static void walkAndCheck(RandomCycle cycle, ReferenceModel model, Gen gen) {
    RandomWalk walk = walk(cycle, model, gen);
    int before = gen.chance(0.3) ? gen.intBetween(1, 40) : Integer.MAX_VALUE;
    while (walk.run.ended().isEmpty() && walk.way.size() < before) {
      walk.step();
    }
    if (walk.run.ended().isEmpty()) {
      walk.apply(gen.chance(0.5) ? new ReferenceAction.Cancel() : new ReferenceAction.Stop());
      walk.toTheEnd();
    }
    ReferenceRun again = TraceCheck.check(model, cycle.script, RandomCycle.INPUT, walk.told);
    assertThat(RandomWalk.Summary.of(again)).isEqualTo(RandomWalk.Summary.of(walk.run));
  }

  @TestFactory
  Stream<DynamicTest> traces_thatLackSomethingOrSayAnother_areRefused() {
    return Property.check(
        "spoilt traces",
        300,
        gen -> {
          var cycle = new RandomCycle(gen.seed(), CERTAIN);
          ReferenceModel model = ReferenceModel.of(cycle.draft());
          if (model.circle().isEmpty()) {
            List<ReferenceAction> told = walk(cycle, model, gen).toTheEnd().told;
            for (int i = 0; i < 10; i++) {
              List<ReferenceAction> spoilt = spoil(model, told, gen);
              assertThatThrownBy(
                      () -> TraceCheck.check(model, cycle.script, RandomCycle.INPUT, spoilt))
                  .as("%s%nfor%n%s", spoilt, told)
                  .isInstanceOf(AssertionError.class);
            }
          }
        });
  }

  private static List<ReferenceAction> spoil(
      ReferenceModel model, List<ReferenceAction> told, Gen gen) {
    var spoilt = new ArrayList<>(told);
    int at = gen.intBetween(0, told.size() - 1);
    while (told.get(at) instanceof ReferenceAction.End(String node, _, _)
        && model.node(node).isGuard()) { // need not be told
      at = (at + 1) % told.size();
    }
    switch (told.get(at)) {
      case ReferenceAction.End(String node, long k, Ending ending) ->
          spoilt.set(at, new ReferenceAction.End(node, k, another(ending, gen)));
      case ReferenceAction.EndAttempt(String node, long k, int i, boolean ok) when ok ->
          spoilt.set(at, new ReferenceAction.EndAttempt(node, k, i, false));
      case ReferenceAction.EndRun(RunStatus status) ->
          spoilt.set(
              at,
              new ReferenceAction.EndRun(status == RunStatus.OK ? RunStatus.ERROR : RunStatus.OK));
      default -> spoilt.remove(at);
    }
    if (gen.chance(0.3)) {
      spoilt.clear();
      spoilt.addAll(told.subList(0, gen.intBetween(0, told.size() - 1)));
    }
    return spoilt;
  }

  private static Ending another(Ending ending, Gen gen) {
    Ending other = gen.oneOf(Ending.values());
    return other == ending ? another(ending, gen) : other;
  }
}
