package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.flow.FlowLab.Broken;
import dev.carillon.flow.ReferenceAction.BeginIteration;
import dev.carillon.flow.ReferenceAction.EndIteration;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Small cycles in which the order of things matters: engine and reference agree in any. */
class ModelCasesTest {
  private final ReferenceTable script = new ReferenceTable();

  /** {@return what the engine did, which the reference allows} */
  private List<ReferenceAction> run(
      RepetitionInfo seed, Function<? super Definition<String>, ? extends Out<?>> body)
      throws Exception {
    ReferenceModel model = ReferenceTable.model(body);
    Cycle<String, Object> cycle =
        Cycle.define(
            "test",
            String.class,
            (Definition<String> c) -> {
              @SuppressWarnings("unchecked") // nobody looks at the type of the cycle's value
              var output = (Out<Object>) body.apply(c);
              return output;
            });
    var names = RandomEngine.names((CompiledPlan) cycle.plan(), model);
    var trace = new TraceCheck(model, script, "in", names);
    try (var engine = new RandomEngine(new Gen(seed.getCurrentRepetition()))) {
      LocalRun<Object> run = engine.start(cycle, "in", trace);
      engine.runToTheEnd(run);
      ReferenceRun reference = trace.check();
      assertThat(run.status()).isEqualTo(reference.ended().orElseThrow());
    }
    return trace.trace();
  }

  private static String fail() {
    throw new Broken("on purpose");
  }

  @RepeatedTest(20)
  void slack_aUnitThatCanBeginNoMore_countsFromTheEndOfWhatItWouldComeAfter(RepetitionInfo seed)
      throws Exception {
    script.fails("ends");
    List<ReferenceAction> trace =
        run(
            seed,
            c -> {
              c.loop(Loop.times(3)).sync(Sync.independent(0));
              var ends = c.part("ends", ModelCasesTest::fail);
              c.part("goes on", () -> "");
              c.part("skipped", x -> x, ends);
              return c.nothing();
            });
    assertThat(trace)
        .containsSubsequence(
            new EndIteration("skipped", 1, RunStatus.OK), new BeginIteration("goes on", 2));
  }

  @RepeatedTest(20)
  void slack_aUnitOfWhichOneSourceHasEnded_isSkipped_thoughItWaitsForAnother(RepetitionInfo seed)
      throws Exception {
    script.fails("never").fails("ends");
    List<ReferenceAction> trace =
        run(
            seed,
            c -> {
              c.loop(Loop.times(3)).sync(Sync.independent(0));
              var never = c.part("never", ModelCasesTest::fail).onError(OnError.skip());
              var ends = c.part("ends", ModelCasesTest::fail);
              c.part("both", (x, y) -> x + y, never, ends);
              return c.nothing();
            });
    assertThat(trace)
        .containsSubsequence(
            new EndIteration("both", 1, RunStatus.OK), new BeginIteration("never", 2));
  }

  @RepeatedTest(20)
  void guard_behindAnotherInAPipeline_isWhatTheOuterOneKeepsPaceWith(RepetitionInfo seed)
      throws Exception {
    run(
        seed,
        c -> {
          c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(1));
          var first = c.part("first", () -> "");
          var slow = c.part("slow", x -> x, first);
          c.branch(
                  "outer",
                  o -> {
                    o.part("free", () -> "");
                    o.branch("inner", i -> i.part("late", x -> x, slow)).when(_ -> true);
                  })
              .when(_ -> true);
          return c.nothing();
        });
  }

  @RepeatedTest(20)
  void retry_besideALoopThatIsAlwaysBusy_comesWhenItsPauseIsOver(RepetitionInfo seed)
      throws Exception {
    script.fails("retried");
    var pause = FlowLab.after(Duration.ofMillis(2), 2);
    run(
        seed,
        c -> {
          c.split("split", Sync.independent(), s -> s.branch("busy", b -> b.part("one", () -> "")));
          c.loop(Loop.times(2));
          c.part("retried", ModelCasesTest::fail).onError(OnError.retry(pause));
          return c.nothing();
        });
  }
}
