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
import dev.carillon.flow.Split;
import dev.carillon.flow.Sync;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How far ahead of each other parts and branches get, and how fast they begin. */
class CycleSyncTimeTest {
  private final FlowSimulation simulation = new FlowSimulation();

  @AfterEach
  void close() {
    simulation.close();
  }

  /** Fails at its first attempt in the first iteration, and so takes as long as a retry's pause. */
  private String slowAtFirst(PartContext context) {
    if (context.iteration() == 1 && context.attempt() == 1) {
      throw new IllegalStateException("slow");
    }
    simulation.note("slow " + context.iteration());
    return "slow";
  }

  private static <T> OnError<T> after(long millis) {
    return OnError.retry(FlowSimulation.after(millis, 2));
  }

  // ── rate ──

  @Test
  @Covers("S26")
  void rate_attemptsBeginNoFaster_withABurst() {
    simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.parallel().rate(2, Duration.ofSeconds(1)));
              for (int i = 0; i < 6; i++) {
                c.act("part" + i, () -> simulation.note("part"));
              }
            }));
    simulation.advance(5_000);
    assertThat(simulation.notes())
        .containsExactly(
            "part at 0",
            "part at 0",
            "part at 500",
            "part at 1000",
            "part at 1500",
            "part at 2000");
  }

  @Test
  @Covers({"S26", "S27"})
  void rate_ofSplitAndCycle_bothHold() {
    simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              c.sync(Sync.parallel().rate(1, Duration.ofMillis(100)));
              c.split(
                  "split",
                  Sync.INHERITED.rate(1, Duration.ofMillis(300)),
                  s -> {
                    for (int i = 0; i < 3; i++) {
                      s.branch("b" + i, b -> b.act("part", () -> simulation.note("inner")));
                    }
                  });
            }));
    simulation.advance(5_000);
    assertThat(simulation.notes()).containsExactly("inner at 0", "inner at 300", "inner at 600");
  }

  @Test
  @Covers("S26")
  void rate_lastsAcrossIterations() {
    simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.times(4)).sync(Sync.parallel().rate(1, Duration.ofMillis(100)));
              c.act("part", () -> simulation.note("part"));
            }));
    simulation.advance(1_000);
    assertThat(simulation.notes())
        .containsExactly("part at 0", "part at 100", "part at 200", "part at 300");
  }

  // ── independent ──

  private void startBranches(int slack) {
    simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(Loop.withPause(Duration.ofSeconds(1)).atMost(2));
              c.act("main", () -> {});
              c.split("split", Sync.independent(slack), this::fastAndSlow);
            }));
  }

  private void fastAndSlow(Split s) {
    s.branch(
        "fast",
        b ->
            b.partWith(
                "part",
                context -> {
                  simulation.note("fast " + context.iteration());
                  return "fast";
                }));
    s.branch("slow", b -> b.partWith("part", this::slowAtFirst).onError(after(100)));
  }

  @Test
  @Covers("S23")
  void independent_slack_isHowFarTheFastestIsAheadOfTheSlowest() {
    for (int slack : new int[] {0, 1, 3}) {
      long before = simulation.count("fast");
      startBranches(slack);
      simulation.advance(50);
      assertThat(simulation.count("fast") - before).as("slack " + slack).isEqualTo(slack + 1L);
      simulation.flow.runs().forEach(Run::cancel);
      simulation.simulated.runUntilIdle();
    }
  }

  @Test
  @Covers("S23")
  void independent_wholeCycle_theLoopsTimesHoldForEachUnit() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.every(Duration.ofMillis(100)).atMost(3)).sync(Sync.independent());
                  c.partWith("slow", this::slowAtFirst).onError(after(250));
                  c.act("quick", () -> simulation.note("quick"));
                }));
    simulation.advance(1_000);
    assertThat(simulation.notes())
        .contains("quick at 0", "quick at 100", "quick at 200")
        .contains("slow 1 at 250", "slow 2 at 300", "slow 3 at 400");
    simulation.assertOver(run, RunStatus.OK);
  }

  // ── pipeline ──

  @Test
  @Covers("S24")
  void pipelined_atMostAWindowOfIterationsIsUnderWay() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.times(9)).sync(Sync.parallel().pipelined(1));
                  var slow = c.partWith("slow", this::slowAtFirst).onError(after(100));
                  c.act("sink", _ -> {}, slow);
                  c.act("alone", () -> simulation.note("alone"));
                }));
    simulation.advance(50);
    assertThat(run.iteration()).as("2 levels, distance 1").isEqualTo(3);
    assertThat(simulation.count("alone")).isEqualTo(3);
    simulation.advance(1_000);
    assertThat(simulation.count("alone")).isEqualTo(9);
    simulation.assertOver(run, RunStatus.OK);
  }

  @Test
  @Covers("S24")
  void pipelined_producer_isAheadByTheDistance() {
    for (int distance : new int[] {1, 2, 4}) {
      long before = simulation.count("source");
      Run<Done> run =
          simulation.start(
              Cycle.of(
                  "cycle",
                  c -> {
                    c.loop(Loop.times(9)).sync(Sync.parallel().pipelined(distance));
                    var source =
                        c.partWith(
                            "source",
                            context -> {
                              simulation.note("source");
                              return context.iteration();
                            });
                    c.partWith("sink", (context, _) -> slowAtFirst(context), source)
                        .onError(after(100));
                  }));
      simulation.advance(50);
      assertThat(simulation.count("source") - before).isEqualTo(distance);
      simulation.advance(1_000);
      simulation.assertOver(run, RunStatus.OK);
    }
  }
}
