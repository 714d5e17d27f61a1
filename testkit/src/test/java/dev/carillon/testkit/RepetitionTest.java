package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Repetition;
import dev.carillon.schedule.Schedule;
import dev.carillon.schedule.Schedule.Missed;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks that run again and again. */
class RepetitionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimulatedScheduler simulated = new SimulatedScheduler(7);
  private final List<Long> times = new ArrayList<>(); // in milliseconds

  @AfterEach
  void close() {
    simulated.close();
  }

  private void note() {
    times.add(simulated.clock().nanos() / 1_000_000);
  }

  private void pass(int seconds) {
    simulated.runUntilIdle();
    for (int i = 0; i < seconds * 4; i++) {
      simulated.advance(Duration.ofMillis(250));
    }
  }

  @Test
  void fixedRate_runsOnTheGrid() {
    Repetition repetition =
        simulated.scheduler().repeat(t -> t.named("tick"), Schedule.fixedRate(SECOND), this::note);
    pass(3);
    assertThat(times).containsExactly(0L, 1_000L, 2_000L, 3_000L);
    assertThat(repetition.runs()).isEqualTo(4);
    assertThat(repetition.missed()).isZero();
  }

  @Test
  void fixedDelay_countsFromTheEnd() {
    simulated
        .scheduler()
        .repeat(
            t -> t,
            Schedule.fixedDelay(SECOND),
            () -> {
              note();
              simulated.clock().advance(Duration.ofMillis(500)); // the run takes so long
            });
    pass(4);
    assertThat(times.subList(0, 3)).containsExactly(0L, 1_500L, 3_000L);
  }

  @Test
  void fixedRate_burst_makesUpForEachMissed() {
    Repetition repetition = slowFirst(Missed.BURST);
    assertThat(times).containsExactly(0L, 3_500L, 3_500L, 3_500L, 4_000L, 5_000L);
    assertThat(repetition.missed()).isZero();
  }

  @Test
  void fixedRate_skip_leavesOutWhatWasMissed() {
    Repetition repetition = slowFirst(Missed.SKIP);
    assertThat(times).containsExactly(0L, 4_000L, 5_000L);
    assertThat(repetition.missed()).isEqualTo(3);
  }

  @Test
  void fixedRate_coalesce_runsOnceForAllMissed() {
    Repetition repetition = slowFirst(Missed.COALESCE);
    assertThat(times).containsExactly(0L, 3_500L, 4_000L, 5_000L);
    assertThat(repetition.missed()).isEqualTo(2);
  }

  private Repetition slowFirst(Missed missed) {
    Repetition repetition =
        simulated
            .scheduler()
            .repeat(
                t -> t,
                Schedule.fixedRate(SECOND).missed(missed),
                () -> {
                  note();
                  if (times.size() == 1) {
                    simulated.clock().advance(Duration.ofMillis(3_500));
                  }
                });
    pass(2);
    return repetition;
  }

  @Test
  void cron_runsAtItsTimes() {
    Instant start = simulated.clock().now();
    List<Long> minutes = new ArrayList<>();
    simulated
        .scheduler()
        .repeat(
            t -> t,
            Schedule.cron("0 */15 * * * *", ZoneOffset.UTC),
            () -> minutes.add(Duration.between(start, simulated.clock().now()).toMinutes()));
    simulated.runUntilIdle();
    for (int i = 0; i < 61; i++) {
      simulated.advance(Duration.ofMinutes(1));
    }
    assertThat(minutes).containsExactly(15L, 30L, 45L, 60L);
  }

  @Test
  void run_fails_isCountedAndGoesOn() {
    Repetition repetition =
        simulated
            .scheduler()
            .repeat(
                t -> t,
                Schedule.fixedRate(SECOND),
                () -> {
                  note();
                  if (times.size() == 2) {
                    throw new IllegalStateException("second");
                  }
                });
    pass(3);
    assertThat(repetition.runs()).isEqualTo(4);
    assertThat(repetition.failed()).isEqualTo(1);
    assertThat(repetition.lastFailure().orElseThrow().message()).contains("second");
  }

  @Test
  void close_stopsFurtherRuns() {
    Repetition repetition =
        simulated.scheduler().repeat(t -> t, Schedule.fixedRate(SECOND), this::note);
    pass(1);
    repetition.close();
    repetition.close();
    assertThat(repetition.ended()).isTriggered();
    pass(3);
    assertThat(times).containsExactly(0L, 1_000L);
  }

  @Test
  void once_endsByItself() {
    Repetition repetition =
        simulated.scheduler().repeat(t -> t, Schedule.after(SECOND), this::note);
    pass(3);
    assertThat(times).containsExactly(1_000L);
    assertThat(repetition.ended()).isTriggered();
  }

  @Test
  void fixedDelayOfZero_onTheCaller_doesNotGrowTheStack() {
    Repetition[] repetition = new Repetition[1];
    repetition[0] =
        simulated
            .scheduler()
            .repeat(
                t -> t.on(Placement.CALLER),
                Schedule.fixedDelay(Duration.ZERO).startingAfter(SECOND),
                () -> {
                  times.add(1L);
                  if (times.size() == 100_000) {
                    repetition[0].close();
                  }
                });
    pass(2);
    assertThat(times).hasSize(100_000);
    assertThat(repetition[0].ended()).isTriggered();
  }

  @Test
  void close_ofTheScheduler_endsIt() {
    Repetition repetition =
        simulated.scheduler().repeat(t -> t, Schedule.fixedRate(SECOND), this::note);
    pass(1);
    simulated.scheduler().close();
    assertThat(repetition.runs()).isEqualTo(2);
    simulated.clock().advance(SECOND.multipliedBy(5));
    assertThat(times).hasSize(2);
  }

  @Test
  void repeat_unknownPool_throwsAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            simulated
                .scheduler()
                .repeat(t -> t.on(Placement.on("moon")), Schedule.fixedRate(SECOND), this::note))
        .withMessageContaining("moon");
  }
}
