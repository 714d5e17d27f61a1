package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.flow.Cycle;
import dev.carillon.flow.Definition;
import dev.carillon.flow.Done;
import dev.carillon.flow.Key;
import dev.carillon.flow.Loop;
import dev.carillon.flow.OnError;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunStatus;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Schedule;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When cycles run again, on a virtual clock. */
@Covers("S30")
class CycleLoopTest {
  private static final Key<Integer> SUM = Key.ofRun("sum", Integer.class, 0);

  private final FlowSimulation simulation = new FlowSimulation();

  @AfterEach
  void close() {
    simulation.close();
  }

  /** {@return a run of a cycle that notes its iterations} */
  private Run<Done> start(Loop loop) {
    return start(c -> c.loop(loop));
  }

  private Run<Done> start(Consumer<Definition<Done>> more) {
    return simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              more.accept(c);
              c.partWith(
                  "part",
                  context -> {
                    simulation.note("" + context.iteration());
                    return "part";
                  });
            }));
  }

  @Test
  void once_isTheDefault() {
    Run<Done> run = start(_ -> {});
    assertThat(simulation.notes()).containsExactly("1 at 0");
    simulation.assertOver(run, RunStatus.OK);
  }

  @Test
  void times_runsSoOften_atOnce() {
    Run<Done> run = start(Loop.times(3));
    assertThat(simulation.notes()).containsExactly("1 at 0", "2 at 0", "3 at 0");
    simulation.assertOver(run, RunStatus.OK);
    assertThat(run.iteration()).isEqualTo(3);
    assertThat(run.progress().iterations()).isEqualTo(3);
  }

  @Test
  void times_none_isRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> Loop.times(0))
        .withMessageContaining("most=0");
  }

  @Test
  void every_beginsAtTheRate_untilStopped() {
    Run<Done> run = start(Loop.every(Duration.ofMillis(500)));
    simulation.advance(1_600);
    assertThat(simulation.notes()).containsExactly("1 at 0", "2 at 500", "3 at 1000", "4 at 1500");
    assertThat(run.isOver()).isFalse();
    run.stop();
    simulation.simulated.runUntilIdle();
    simulation.assertOver(run, RunStatus.OK);
    simulation.advance(5_000);
    assertThat(simulation.notes()).hasSize(4);
  }

  /** Starts a run whose second iteration takes 1.2 s: the retry's pause. */
  private Run<Done> startWithASlowSecond(Loop loop) {
    return simulation.start(
        Cycle.of(
            "cycle",
            c -> {
              c.loop(loop);
              c.partWith(
                      "part",
                      context -> {
                        if (context.iteration() == 2 && context.attempt() == 1) {
                          throw new IllegalStateException("slow");
                        }
                        simulation.note("" + context.iteration());
                        return "part";
                      })
                  .onError(OnError.retry(FlowSimulation.after(1_200, 2)));
            }));
  }

  @Test
  void every_thoseMissed_areSkipped() {
    startWithASlowSecond(Loop.every(Duration.ofMillis(500)).atMost(4));
    simulation.advance(10_000);
    assertThat(simulation.notes()).containsExactly("1 at 0", "2 at 1700", "3 at 2000", "4 at 2500");
  }

  @Test
  void fixedRate_thoseMissed_areCaughtUpWith() {
    startWithASlowSecond(
        Loop.on(Schedule.fixedRate(Duration.ofMillis(500)).missed(Schedule.Missed.BURST))
            .atMost(6));
    simulation.advance(10_000);
    assertThat(simulation.notes())
        .containsExactly("1 at 0", "2 at 1700", "3 at 1700", "4 at 1700", "5 at 2000", "6 at 2500");
  }

  @Test
  void fixedRate_thoseMissed_areOne() {
    startWithASlowSecond(
        Loop.on(Schedule.fixedRate(Duration.ofMillis(500)).missed(Schedule.Missed.COALESCE))
            .atMost(5));
    simulation.advance(10_000);
    assertThat(simulation.notes())
        .containsExactly("1 at 0", "2 at 1700", "3 at 1700", "4 at 2000", "5 at 2500");
  }

  @Test
  void withPause_countsFromTheEndOfTheOneBefore() {
    startWithASlowSecond(Loop.withPause(Duration.ofMillis(300)).atMost(4));
    simulation.advance(10_000);
    assertThat(simulation.notes()).containsExactly("1 at 0", "2 at 1500", "3 at 1800", "4 at 2100");
  }

  @Test
  void cron_beginsWhenItSays() {
    Run<Done> run = start(Loop.cron("0 30 6 * * *", ZoneOffset.UTC).atMost(2));
    assertThat(simulation.notes()).isEmpty();
    long half = Duration.ofHours(6).plusMinutes(30).toMillis();
    simulation.advance(Duration.ofDays(2).toMillis());
    assertThat(simulation.notes())
        .containsExactly("1 at " + half, "2 at " + (half + Duration.ofDays(1).toMillis()));
    simulation.assertOver(run, RunStatus.OK);
  }

  @Test
  void until_endsTheLoopAfterAnIterationInWhichItHolds() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(Loop.forever().until(view -> view.read(SUM) >= 10));
                  c.partWith(
                          "part",
                          context -> {
                            context.write(SUM, context.read(SUM) + (int) context.iteration());
                            return "part";
                          })
                      .writes(SUM);
                }));
    simulation.assertOver(run, RunStatus.OK);
    assertThat(run.iteration()).isEqualTo(4);
  }

  @Test
  void until_throws_theRunEndsWithError() {
    Run<Done> run =
        start(
            Loop.forever()
                .until(_ -> {
                  throw new IllegalStateException("cannot say");
                }));
    simulation.assertOver(run, RunStatus.ERROR);
    assertThat(run.iteration()).isEqualTo(1);
    assertThat(run.failures().getFirst().cause()).hasMessage("cannot say");
  }

  @Test
  void afterFailure_goesOnAfterThePause() {
    Run<Done> run =
        simulation.start(
            Cycle.of(
                "cycle",
                c -> {
                  c.loop(
                      Loop.times(3)
                          .afterFailure(
                              Loop.AfterFailure.goOn(Backoff.fixed(Duration.ofMillis(250)))));
                  c.act(
                      "part",
                      () -> {
                        simulation.note("part");
                        throw new IllegalStateException("bad");
                      });
                }));
    simulation.advance(1_000);
    assertThat(simulation.notes()).containsExactly("part at 0", "part at 250", "part at 500");
    simulation.assertOver(run, RunStatus.ERROR);
  }

  @Test
  void stop_betweenIterations_endsTheRunAtOnce() {
    Run<Done> run = start(Loop.withPause(Duration.ofHours(1)));
    assertThat(run.isOver()).isFalse();
    run.stop();
    simulation.simulated.runUntilIdle();
    simulation.assertOver(run, RunStatus.OK);
    run.stop();
    assertThat(simulation.notes()).containsExactly("1 at 0");
  }

  @Test
  void cancel_betweenIterations_endsTheRunAsCancelled() {
    Run<Done> run = start(Loop.withPause(Duration.ofHours(1)));
    run.cancel();
    simulation.simulated.runUntilIdle();
    simulation.assertOver(run, RunStatus.CANCELLED);
    assertThat(run.failures()).isEmpty();
  }
}
