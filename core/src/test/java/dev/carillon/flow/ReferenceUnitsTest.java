package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.flow.ReferenceAction.BeginAttempt;
import dev.carillon.flow.ReferenceAction.BeginIteration;
import dev.carillon.flow.ReferenceAction.EndAttempt;
import dev.carillon.flow.ReferenceAction.EndIteration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Iterations, gates and independent branches in runs of the reference, in any order of chance. */
class ReferenceUnitsTest {
  private final ReferenceTable script = new ReferenceTable();

  private static long begun(RandomWalk walk, String unit) {
    return walk.way.stream()
        .filter(action -> action instanceof BeginIteration(String of, long _) && of.equals(unit))
        .count();
  }

  @RepeatedTest(20)
  void gate_letsNoMoreThanItsLimitThrough(RepetitionInfo repetition) {
    RandomWalk walk =
        script.walk(
            repetition.getCurrentRepetition(),
            c -> {
              c.sync(Sync.parallel().maxConcurrent(3));
              for (int i = 0; i < 3; i++) {
                c.part("free" + i, () -> "");
              }
              c.split(
                  "s",
                  Sync.parallel().maxConcurrent(2),
                  s -> {
                    for (String name : List.of("x", "y", "z")) {
                      s.branch(name, b -> b.part("p", () -> ""));
                    }
                  });
              return c.nothing();
            });
    int running = 0;
    int inSplit = 0;
    int most = 0;
    for (ReferenceAction action : walk.way) {
      if (action instanceof BeginAttempt(String node, _, _)) {
        running++;
        inSplit += node.startsWith("s/") ? 1 : 0;
      } else if (action instanceof EndAttempt(String node, _, _, _)) {
        running--;
        inSplit -= node.startsWith("s/") ? 1 : 0;
      }
      most = Math.max(most, running);
      assertThat(running).isBetween(0, 3);
      assertThat(inSplit).isBetween(0, 2);
    }
    assertThat(most).isPositive();
  }

  @RepeatedTest(20)
  void pipelined_iterationsOverlap_byNoMoreThanTheWindow(RepetitionInfo repetition) {
    RandomWalk walk =
        script.walk(
            repetition.getCurrentRepetition(),
            c -> {
              c.sync(Sync.parallel().pipelined(1)).part("z", () -> "");
              c.loop(Loop.times(9));
              return c.part("b", (String x) -> x, c.part("a", () -> ""));
            });
    int underWay = 0;
    int most = 0;
    for (ReferenceAction action : walk.way) {
      underWay += action instanceof BeginIteration ? 1 : action instanceof EndIteration ? -1 : 0;
      most = Math.max(most, underWay);
    }
    assertThat(most).isBetween(2, 3);
    assertThat(begun(walk, "")).isEqualTo(9);
  }

  @Test
  void pipelined_outerGuard_keepsPaceWithTheInnerOne_notWithWhatIsBehindThat() {
    ReferenceModel model =
        ReferenceTable.model(c -> {
          c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(1));
          c.branch(
                  "x",
                  x -> {
                    x.part("a", () -> "");
                    x.branch("y", y -> y.part("b", () -> "")).when(_ -> true);
                  })
              .when(_ -> true);
          return c.nothing();
        });
    assertThat(model.units.endedBefore(model.node("x/guard"), 2))
        .extracting(at -> at.node().toString())
        .containsExactlyInAnyOrder("x/guard", "x/a", "x/y/guard");
  }

  @Test
  void until_endsTheLoopAfterTheIteration() {
    script.enoughAfter(3);
    RandomWalk walk =
        script.walk(
            1,
            c -> {
              c.loop(Loop.times(9).until(_ -> true));
              return c.part("a", () -> "");
            });
    assertThat(begun(walk, "")).isEqualTo(3);
  }

  private static Function<Definition<String>, Out<?>> twoBranches(int slack, Loop loop) {
    return c -> {
      c.loop(loop);
      c.split(
          "s",
          Sync.independent(slack),
          s -> {
            s.branch("x", x -> x.part("p", () -> ""));
            s.branch("y", y -> y.part("p", () -> ""));
          });
      return c.part("f", () -> "");
    };
  }

  @RepeatedTest(20)
  void independent_branchesStayWithinTheirSlack(RepetitionInfo repetition) {
    int slack = repetition.getCurrentRepetition() % 3;
    RandomWalk walk =
        script.walk(repetition.getCurrentRepetition(), twoBranches(slack, Loop.times(20)));
    Map<String, Long> at = new HashMap<>(Map.of("s/x", 1L, "s/y", 1L, "", 1L));
    for (ReferenceAction action : walk.way) {
      if (action instanceof BeginIteration(String unit, long k) && !unit.isEmpty()) {
        assertThat(k - Math.min(at.get("s/x"), at.get("s/y"))).isLessThanOrEqualTo(slack);
      } else if (action instanceof EndIteration(String unit, long k, _)) {
        at.put(unit, k + 1);
      }
    }
    assertThat(begun(walk, "")).isEqualTo(20);
  }

  @RepeatedTest(20)
  void independent_ofOneIteration_runOnce(RepetitionInfo repetition) {
    RandomWalk walk = script.walk(repetition.getCurrentRepetition(), twoBranches(9, Loop.once()));
    assertThat(begun(walk, "s/x")).isEqualTo(1);
    assertThat(begun(walk, "s/y")).isEqualTo(1);
  }

  @RepeatedTest(20)
  void independent_cleanFailure_endsThatLoopOnly(RepetitionInfo repetition) {
    script.fails("s/x/p");
    RandomWalk walk =
        script.walk(repetition.getCurrentRepetition(), twoBranches(0, Loop.times(20)));
    assertThat(begun(walk, "s/x")).isEqualTo(1);
    assertThat(begun(walk, "")).isEqualTo(20);
    assertThat(walk.run.ended()).contains(RunStatus.ERROR);
  }

  @RepeatedTest(20)
  void independent_instantFailure_stopsAll(RepetitionInfo repetition) {
    script.fails("s/x/p");
    RandomWalk walk =
        script.walk(
            repetition.getCurrentRepetition(),
            c -> {
              c.onError(OnError.instantFail());
              return twoBranches(0, Loop.forever()).apply(c);
            });
    assertThat(begun(walk, "s/x")).isEqualTo(1);
    assertThat(walk.run.ended()).contains(RunStatus.ERROR);
  }

  @RepeatedTest(20)
  void independent_unit_beginsWithWhatItDependsOn_orIsSkippedOnce(RepetitionInfo repetition) {
    Function<Definition<String>, Out<?>> body =
        c -> {
          c.loop(Loop.times(5));
          Out<String> a = c.part("a", () -> "").onError(OnError.skip());
          c.split(
              "s",
              Sync.independent(),
              s ->
                  s.branch(
                      "x",
                      x -> {
                        x.part("p", (String v) -> v, a);
                        x.always("j", List::toString, List.of(a));
                      }));
          return c.part("b", () -> "").after(a);
        };
    RandomWalk walk = script.walk(repetition.getCurrentRepetition(), body);
    assertThat(walk.run.state.outcomes()).containsKey("s/x/p@1");
    assertThat(walk.run.state.outcomes().get("s/x/p@1").isUsable()).isTrue();
    script.fails("a");
    walk = script.walk(repetition.getCurrentRepetition(), body);
    Map<String, String> outcomes = RandomWalk.Summary.of(walk.run).outcomes();
    assertThat(outcomes)
        .containsEntry("s/x/p@1", "Skipped UPSTREAM")
        .containsEntry("s/x/j@1", "Skipped UPSTREAM")
        .doesNotContainKey("s/x/p@2");
    assertThat(walk.run.ended()).contains(RunStatus.OK);
  }

  @RepeatedTest(20)
  void independent_firstUnit_waitsForTheBranchsFirstValue(RepetitionInfo repetition) {
    script.does("s/x/p", call -> "p" + call.iteration());
    script.does("f", call -> "f" + call.inputs());
    Function<Definition<String>, Out<?>> body =
        c -> {
          c.loop(Loop.times(3));
          var wire = new ArrayList<Out<String>>();
          c.split(
              "s", Sync.independent(), s -> s.branch("x", x -> wire.add(x.partWith("p", _ -> ""))));
          return c.part("f", (String v) -> v, wire.getFirst());
        };
    RandomWalk walk = script.walk(repetition.getCurrentRepetition(), body);
    assertThat(RandomWalk.Summary.of(walk.run).outcomes().get("f@1")).startsWith("Success f[p");
    script.fails("s/x/p");
    walk = script.walk(repetition.getCurrentRepetition(), body);
    assertThat(RandomWalk.Summary.of(walk.run).outcomes())
        .containsEntry("f@1", "Skipped UPSTREAM")
        .containsEntry("f@3", "Skipped UPSTREAM");
  }

  @RepeatedTest(20)
  void independent_asAWhole_theLoopHoldsForEachUnit(RepetitionInfo repetition) {
    RandomWalk walk =
        script.walk(
            repetition.getCurrentRepetition(),
            c -> {
              c.sync(Sync.independent(1)).part("a", () -> "");
              c.loop(Loop.times(4));
              c.branch("x", x -> x.part("p", () -> ""));
              return c.part("b", () -> "");
            });
    for (String unit : List.of("a", "b", "x")) {
      assertThat(begun(walk, unit)).as(unit).isEqualTo(4);
    }
  }
}
