package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.schedule.Backoff;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The rows of the error table in {@code docs/flow.md}, worked out by hand for the reference. */
class ReferenceErrorTest {
  private final ReferenceTable script = new ReferenceTable().fails("a");
  private static final Loop.AfterFailure GO_ON =
      Loop.AfterFailure.goOn(Backoff.fixed(Duration.ZERO));

  /** Part {@code a} fails by a policy; {@code b} depends on it, {@code c} only comes after it. */
  private static Function<Definition<String>, Out<?>> failing(OnError<String> policy, Loop loop) {
    return c -> {
      c.loop(loop);
      Out<String> a = c.part("a", () -> "").onError(policy);
      Out<String> b = c.part("b", (String x) -> x, a);
      c.part("c", () -> "").after(a);
      return b;
    };
  }

  private static Map<String, String> outcomes(RandomWalk walk) {
    return RandomWalk.Summary.of(walk.run).outcomes();
  }

  private static RunStatus status(RandomWalk walk) {
    return walk.run.ended().orElseThrow();
  }

  private RandomWalk run(OnError<String> policy) {
    return script.walk(1, failing(policy, Loop.times(2).afterFailure(GO_ON)));
  }

  @Test
  void instantFail_cancelsAllElse_andStopsTheRun() {
    RandomWalk walk = run(OnError.instantFail());
    assertThat(outcomes(walk))
        .isEqualTo(Map.of("a@1", "Failed", "b@1", "Cancelled", "c@1", "Cancelled"));
    assertThat(status(walk)).isEqualTo(RunStatus.ERROR);
  }

  @Test
  void cleanFail_skipsDependants_finishesOthers_andStopsTheLoop() {
    Map<String, String> first =
        Map.of("a@1", "Failed", "b@1", "Skipped UPSTREAM", "c@1", "Success c");
    RandomWalk walk = script.walk(1, failing(OnError.cleanFail(), Loop.times(2)));
    assertThat(outcomes(walk)).isEqualTo(first);
    assertThat(status(walk)).isEqualTo(RunStatus.ERROR);
    assertThat(walk.run.state.failures()).containsExactly("iteration 1: a, 1 attempts, ERROR");
  }

  @Test
  void cleanFail_afterFailure_goesOnOrStopsAfterSoMany() {
    assertThat(run(OnError.cleanFail()).run.state.iterationStatuses())
        .isEqualTo(Map.of("@1", RunStatus.ERROR, "@2", RunStatus.ERROR));
    var afterTwo = Loop.AfterFailure.stopAfter(2, Backoff.fixed(Duration.ZERO));
    RandomWalk walk =
        script.walk(1, failing(OnError.cleanFail(), Loop.times(5).afterFailure(afterTwo)));
    assertThat(walk.run.state.iterationStatuses()).containsOnlyKeys("@1", "@2");
  }

  @Test
  void noPolicy_isCleanFail_andTheInnermostOneThatIsSaidHolds() {
    Function<Definition<String>, Out<?>> body =
        c -> {
          c.onError(OnError.skip());
          c.branch("x", x -> x.onError(OnError.stopQuietly()).part("a", () -> ""));
          c.part("b", () -> "").onError(OnError.instantFail());
          c.part("d", () -> "");
          return c.nothing();
        };
    ReferenceModel model = ReferenceTable.model(body);
    assertThat(model.policy(model.node("x/a"))).isInstanceOf(OnError.StopQuietly.class);
    assertThat(model.policy(model.node("b"))).isInstanceOf(OnError.InstantFail.class);
    assertThat(model.policy(model.node("d"))).isInstanceOf(OnError.Skip.class);
    ReferenceModel bare = ReferenceTable.model(c -> c.part("a", () -> ""));
    assertThat(bare.policy(bare.node("a"))).isInstanceOf(OnError.CleanFail.class);
  }

  @Test
  void skip_skipsDependants_andNothingCounts() {
    RandomWalk walk = run(OnError.skip());
    assertThat(outcomes(walk))
        .containsEntry("a@1", "Skipped OWN")
        .containsEntry("b@1", "Skipped UPSTREAM")
        .containsEntry("c@1", "Success c")
        .containsEntry("c@2", "Success c");
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
    assertThat(walk.run.state.failures()).isEmpty();
  }

  @Test
  void stopQuietly_cancelsAllElse_andNothingCounts() {
    RandomWalk walk = run(OnError.stopQuietly());
    assertThat(outcomes(walk))
        .isEqualTo(Map.of("a@1", "Skipped OWN", "b@1", "Cancelled", "c@1", "Cancelled"));
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
  }

  @Test
  void retry_attemptsUpToItsBound_thenDoesWhatComesThen() {
    OnError<String> policy = OnError.retry(r -> r.withMaxAttempts(3), OnError.fallback("d"));
    RandomWalk walk = run(policy);
    assertThat(outcomes(walk)).containsEntry("a@1", "Fallback d").containsEntry("b@2", "Success b");
    assertThat(status(walk)).isEqualTo(RunStatus.DEGRADED);
    assertThat(script.calls).filteredOn("a"::equals).hasSize(6);
  }

  @Test
  void retry_thatSucceeds_leavesNoTraceOfTheFailures() {
    Key<String> key = Key.ofIteration("key", String.class);
    script.does(
        "a",
        call -> {
          call.write(key, "by attempt " + call.attempt());
          if (call.attempt() < 3) {
            throw new IOException("a");
          }
          return "good";
        });
    script.does("b", call -> call.read(key));
    RandomWalk walk =
        script.walk(
            1,
            c -> {
              Out<String> a = c.partWith("a", _ -> "").onError(OnError.retry(r -> r)).writes(key);
              return c.partWith("b", (_, x) -> x, a).reads(key);
            });
    assertThat(outcomes(walk))
        .isEqualTo(Map.of("a@1", "Success good", "b@1", "Success by attempt 3"));
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
  }

  @Test
  void retry_ofWhatIsNotRetryable_isNone() {
    OnError<String> any = OnError.retry(r -> r.withRetryable(_ -> true));
    for (Throwable failure :
        List.of(new InterruptedException("stop"), new AssertionError("an error is retried"))) {
      script.does(
          "a",
          _ -> {
            throw failure;
          });
      script.walk(1, failing(any, Loop.once()));
      int attempts = failure instanceof InterruptedException ? 1 : 3;
      assertThat(script.calls).filteredOn("a"::equals).as("%s", failure).hasSize(attempts);
    }
    OnError<String> none = OnError.retry(r -> r.withRetryable(_ -> false));
    script.walk(1, failing(none, Loop.once()));
    assertThat(script.calls).filteredOn("a"::equals).hasSize(1);
  }

  @Test
  void fallbackFail_givesTheDefault_andTheIterationFails() {
    RandomWalk walk = run(OnError.fallbackFail("d"));
    assertThat(outcomes(walk))
        .containsEntry("a@1", "Fallback d, fatal")
        .containsEntry("b@1", "Success b")
        .containsEntry("c@2", "Success c");
    assertThat(status(walk)).isEqualTo(RunStatus.ERROR);
  }

  @Test
  void fallback_givesTheDefault_andTheIterationIsDegraded() {
    script.does("b", call -> "given " + call.inputs());
    RandomWalk walk = run(OnError.fallback("d"));
    assertThat(outcomes(walk))
        .containsEntry("a@1", "Fallback d")
        .containsEntry("b@1", "Success given [d]");
    assertThat(status(walk)).isEqualTo(RunStatus.DEGRADED);
  }

  @Test
  void propagating_handsTheFailureOn_andCountsIfNobodyTakesIt() {
    script.does("b", call -> call.inputs().getFirst() instanceof Result.Err<?> ? "err" : "ok");
    RandomWalk walk =
        script.walk(1, c -> c.part("b", x -> "", c.part("a", () -> "").propagating()));
    assertThat(outcomes(walk)).isEqualTo(Map.of("a@1", "Propagated", "b@1", "Success err"));
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
    script.guardsNo("b");
    walk =
        script.walk(
            1, c -> c.part("b", x -> "", c.part("a", () -> "").propagating()).when(_ -> false));
    assertThat(outcomes(walk)).isEqualTo(Map.of("a@1", "Propagated", "b@1", "Skipped CONDITION"));
    assertThat(status(walk)).isEqualTo(RunStatus.ERROR);
    walk = script.walk(1, c -> c.part("a", () -> "").propagating());
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
    assertThat(walk.run.state.value().orElseThrow()).isInstanceOf(Result.Err.class);
  }

  @Test
  void guard_thatThrows_isAFailureThatIsNotRetried() {
    script.guardThrows("a");
    RandomWalk walk =
        script.walk(
            1,
            c ->
                c.part("a", () -> "")
                    .when(_ -> true)
                    .onError(OnError.retry(r -> r, OnError.fallback("d"))));
    assertThat(outcomes(walk)).isEqualTo(Map.of("a@1", "Fallback d"));
    assertThat(script.calls).isEmpty();
  }

  @Test
  void checked_failsWhoIsGivenIt_andValidate_whoGivesIt() {
    script.does("a", call -> "bad" + call.attempt());
    OnError<String> again = OnError.retry(r -> r, OnError.skip());
    RandomWalk walk =
        script.walk(
            1,
            c -> {
              Out<String> a = c.partWith("a", _ -> "");
              Out<String> checked = a.checked("good", value -> value.startsWith("good"));
              return c.part("b", (String x) -> x, checked).onError(again);
            });
    assertThat(outcomes(walk)).isEqualTo(Map.of("a@1", "Success bad1", "b@1", "Skipped OWN"));
    assertThat(script.calls).containsExactly("a");
    walk =
        script.walk(
            1, c -> c.partWith("a", _ -> "").validate("3rd", "bad3"::equals).onError(again));
    assertThat(outcomes(walk)).isEqualTo(Map.of("a@1", "Success bad3"));
  }

  @Test
  void nullValue_isAFailure() {
    script.does("a", _ -> null);
    assertThat(outcomes(run(OnError.cleanFail()))).containsEntry("a@1", "Failed");
  }

  @Test
  void joins_needOneInputOrNone_butAllThatTheyAreUnder() {
    script.does("any", call -> "any" + call.inputs());
    script.does("all", call -> "all of " + call.inputs().size());
    Function<Definition<String>, Out<?>> body =
        c -> {
          Out<String> a = c.part("a", () -> "").onError(OnError.skip());
          Out<String> b = c.part("b", () -> "");
          c.anySuccess("any", List::toString, List.of(a, b));
          c.anySuccess("none", List::toString, List.of(a));
          c.always("all", List::toString, List.of(a, b));
          c.branch("x", x -> x.under(a).always("all", List::toString, List.of(b)));
          return b;
        };
    assertThat(outcomes(script.walk(1, body)))
        .containsEntry("any@1", "Success any[b]")
        .containsEntry("none@1", "Skipped UPSTREAM")
        .containsEntry("all@1", "Success all of 2")
        .containsEntry("x/all@1", "Skipped UPSTREAM");
  }

  @Test
  void guardOfABranch_thatSaysNo_skipsAllInIt() {
    script.guardsNo("x/guard");
    RandomWalk walk =
        script.walk(
            1,
            c -> {
              c.branch(
                  "x",
                  x -> {
                    x.when(_ -> false);
                    Out<String> p = x.part("p", () -> "");
                    x.branch("y", y -> y.part("q", () -> ""));
                    x.part("r", (String v) -> v, p);
                  });
              return c.nothing();
            });
    assertThat(outcomes(walk))
        .isEqualTo(
            Map.of(
                "x/guard@1", "Skipped CONDITION",
                "x/p@1", "Skipped UPSTREAM",
                "x/y/q@1", "Skipped UPSTREAM",
                "x/r@1", "Skipped UPSTREAM"));
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
  }

  @Test
  void undo_isInTheReverseOrderOfEnds_ofSuccessesOnly() {
    Function<Definition<String>, Out<?>> body =
        c -> {
          c.undoOnFailure();
          Out<String> x = c.part("x", () -> "").undoneBy(_ -> {});
          Out<String> y = c.part("y", (String v) -> v, x).undoneBy(_ -> {});
          return c.part("a", (String v) -> v, y).undoneBy(_ -> {});
        };
    assertThat(script.walk(1, body).run.state.undone()).containsExactly("y@1", "x@1");
    assertThat(new ReferenceTable().walk(1, body).run.state.undone()).isEmpty();
  }

  @RepeatedTest(8)
  void finalisers_runInReverseOfTheBeginnings_ofBranchesThatBegan(RepetitionInfo repetition) {
    Function<Definition<String>, Out<?>> body =
        c -> {
          c.anyway("last", () -> {});
          Out<String> b = c.part("b", () -> "");
          c.branch("x", x -> x.under(b).anyway("one", () -> {}).part("p", () -> ""));
          c.branch("none", x -> x.when(_ -> false).anyway("f", () -> {}).part("p", () -> ""));
          Out<String> inX = c.part("after", () -> "").after(b);
          c.branch("y", y -> y.under(inX).anyway("f", () -> {}).anyway("g", () -> {}))
              .part("q", () -> "")
              .after(inX);
          return c.nothing();
        };
    script.guardsNo("none/guard").finaliserThrows("last");
    RandomWalk walk = script.walk(repetition.getCurrentRepetition(), body);
    List<String> finalisers = walk.run.state.finalisers();
    assertThat(finalisers).containsExactlyInAnyOrder("y/g", "y/f", "x/one", "last");
    assertThat(finalisers.getLast()).isEqualTo("last");
    assertThat(finalisers.indexOf("y/f")).isEqualTo(finalisers.indexOf("y/g") + 1);
    assertThat(status(walk)).isEqualTo(RunStatus.ERROR);
  }

  @RepeatedTest(8)
  void cancel_atAnyStep_cancelsWhatHasNotEnded(RepetitionInfo repetition) {
    var whole = new ReferenceTable();
    var walk =
        new RandomWalk(
            ReferenceTable.model(failing(OnError.cleanFail(), Loop.times(3))),
            whole,
            "in",
            new Gen(repetition.getCurrentRepetition()));
    for (int i = 0; i < repetition.getCurrentRepetition(); i++) {
      walk.step();
    }
    walk.apply(new ReferenceAction.Cancel());
    int begun = walk.run.state.iterationStatuses().size() + 1;
    walk.toTheEnd();
    assertThat(walk.run.state.iterationStatuses().size()).isLessThanOrEqualTo(begun);
    if (outcomes(walk).containsValue("Cancelled")) {
      assertThat(status(walk)).isEqualTo(RunStatus.CANCELLED);
    }
  }

  @Test
  void stop_finishesTheIterationsThatHaveBegun() {
    var walk =
        new RandomWalk(
            ReferenceTable.model(failing(OnError.cleanFail(), Loop.forever())),
            new ReferenceTable(),
            "in",
            new Gen(1));
    walk.step();
    walk.apply(new ReferenceAction.Stop());
    walk.toTheEnd();
    assertThat(outcomes(walk))
        .isEqualTo(Map.of("a@1", "Success a", "b@1", "Success b", "c@1", "Success c"));
    assertThat(status(walk)).isEqualTo(RunStatus.OK);
  }
}
