package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Loop;
import dev.carillon.flow.OnError;
import dev.carillon.flow.PartContext;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunStatus;
import dev.carillon.flow.Sync;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What failures mean under each of the modes of synchronisation, as far as that takes time. */
class CombinationTimeTest {
  private final FlowSimulation simulation = new FlowSimulation();

  @AfterEach
  void close() {
    simulation.close();
  }

  private String fails(PartContext context) {
    simulation.note("attempt " + context.attempt());
    throw new IllegalStateException("attempt " + context.attempt());
  }

  @Test
  @Covers("S34")
  void retry_level_waitsAtMostTheBudget() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.level());
                  c.partWith("bad", this::fails)
                      .onError(
                          OnError.retry(
                              r ->
                                  FlowSimulation.after(100, 99)
                                      .apply(r)
                                      .withBudget(Duration.ofMillis(250)),
                              OnError.skip()));
                  c.act("deep", _ -> simulation.note("deep"), c.part("good", () -> "good"));
                }));
    assertThat(simulation.notes()).containsExactly("attempt 1 at 0");
    simulation.advance(1_000);
    assertThat(simulation.notes())
        .containsExactly("attempt 1 at 0", "attempt 2 at 100", "attempt 3 at 200", "deep at 200");
    simulation.assertOver(run, RunStatus.OK);
  }

  @Test
  @Covers("S34")
  void retry_pipeline_theHeadOfTheLineHoldsBackWhatIsBehindIt() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(4)).sync(Sync.parallel().pipelined(2));
                  var source =
                      c.partWith(
                          "source",
                          context -> {
                            simulation.note("source " + context.iteration());
                            return context.iteration();
                          });
                  c.partWith(
                          "sink",
                          (context, token) -> {
                            if (context.iteration() == 1) {
                              return fails(context);
                            }
                            simulation.note("sink " + token);
                            return "good";
                          },
                          source)
                      .onError(
                          OnError.retry(
                              r ->
                                  FlowSimulation.after(100, 99)
                                      .apply(r)
                                      .withBudget(Duration.ofMillis(150)),
                              OnError.skip()));
                }));
    assertThat(simulation.notes()).contains("attempt 1 at 0");
    assertThat(simulation.count("source")).as("no further than the distance").isEqualTo(2);
    assertThat(simulation.count("sink")).as("in the order of the iterations").isZero();
    simulation.advance(50);
    assertThat(simulation.count("source")).isEqualTo(2);
    simulation.advance(1_000);
    assertThat(simulation.notes())
        .contains("attempt 2 at 100", "sink 2 at 100", "source 3 at 100", "sink 4 at 100");
    simulation.assertOver(run, RunStatus.OK);
  }

  @Test
  @Covers({"S25", "S26", "S34"})
  void retry_gates_permitIsFreeInBackoff_andGuardIsNotAskedAgain() {
    var asked = new AtomicInteger();
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.parallel().maxConcurrent(1));
                  c.partWith("bad", this::fails)
                      .when(_ -> asked.incrementAndGet() > 0)
                      .onError(OnError.retry(FlowSimulation.after(100, 3)));
                  c.act("other", () -> simulation.note("other"));
                }));
    assertThat(simulation.notes()).containsExactlyInAnyOrder("attempt 1 at 0", "other at 0");
    simulation.advance(1_000);
    assertThat(simulation.notes()).endsWith("attempt 2 at 100", "attempt 3 at 200");
    assertThat(asked).hasValue(1);
    simulation.assertOver(run, RunStatus.ERROR);
  }

  @Test
  @Covers({"S26", "S34"})
  void retry_gates_eachAttemptTakesARatePermit() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.sync(Sync.parallel().rate(1, Duration.ofMillis(500)));
                  c.partWith("bad", this::fails)
                      .onError(OnError.retry(FlowSimulation.after(100, 3)));
                }));
    simulation.advance(5_000);
    assertThat(simulation.notes())
        .containsExactly("attempt 1 at 0", "attempt 2 at 500", "attempt 3 at 1000");
    simulation.assertOver(run, RunStatus.ERROR);
  }

  @Test
  @Covers({"S23", "S33"})
  void skip_independent_theBranchPausesLongerEachTimeBeforeItBeginsAgain() {
    assertPauses(OnError.skip(), RunStatus.OK);
  }

  @Test
  @Covers({"S23", "S36"})
  void fallback_independent_theBranchPausesLongerEachTimeBeforeItBeginsAgain() {
    assertPauses(OnError.fallback("default"), RunStatus.DEGRADED);
  }

  private void assertPauses(OnError<String> policy, RunStatus status) {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.withPause(Duration.ofSeconds(10)).atMost(2));
                  c.act("main", () -> {});
                  c.split(
                      "split",
                      Sync.independent(),
                      s -> s.branch("a", b -> b.partWith("bad", this::fails).onError(policy)));
                }));
    assertThat(simulation.notes()).containsExactly("attempt 1 at 0");
    simulation.advance(9);
    assertThat(simulation.notes()).hasSize(1);
    simulation.advance(141);
    assertThat(simulation.notes())
        .containsExactly(
            "attempt 1 at 0",
            "attempt 1 at 10",
            "attempt 1 at 30",
            "attempt 1 at 70",
            "attempt 1 at 150");
    simulation.advance(8_000);
    assertThat(simulation.count("attempt")).as("a second each in the end").isBetween(13L, 16L);
    simulation.advance(4_000);
    simulation.assertOver(run, status);
  }
}
