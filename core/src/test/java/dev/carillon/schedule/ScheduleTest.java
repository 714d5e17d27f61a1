package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules, walked through by the protocol of {@link Occurrences}. */
class ScheduleTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofDays(1);

  private final ManualClock clock =
      new ManualClock(Long.MAX_VALUE - 5, Instant.parse("2026-11-21T12:00:00Z"));
  private final long start = clock.nanos();

  private List<Double> begun = new ArrayList<>(); // seconds from the start
  private long wakes;

  /** Waits for the next occurrence, from the deadline given, and runs it for a while. */
  private long run(Occurrences occurrences, long deadline, Duration work) {
    clock.advanceTo(waited(occurrences, deadline));
    begun.add((clock.nanos() - start) / 1e9);
    clock.advance(work);
    return occurrences.next(clock.nanos());
  }

  /** Waits until an occurrence begins. */
  private long waited(Occurrences occurrences, long deadline) {
    long at = deadline;
    do {
      clock.advanceTo(at);
      at = occurrences.wake(clock.nanos());
      wakes++;
    } while (at - clock.nanos() > 0);
    return at;
  }

  /** Runs so many occurrences of a schedule, the n-th as long as the n-th duration says, if any. */
  private Occurrences run(Schedule schedule, int times, Duration... works) {
    var occurrences = Occurrences.of(schedule, clock);
    long deadline = occurrences.first();
    for (int i = 0; i < times; i++) {
      deadline = run(occurrences, deadline, i < works.length ? works[i] : Duration.ZERO);
    }
    return occurrences;
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static Schedule.Grid everySecond() {
    return Schedule.cron("* * * * * *", ZoneOffset.UTC);
  }

  @Test
  void after_delay_occursOnce() {
    var occurrences = Occurrences.of(Schedule.after(SECOND), clock);
    assertThat(occurrences.first()).isEqualTo(start + SECOND.toNanos());
    assertThat(run(occurrences, occurrences.first(), SECOND)).isEqualTo(Occurrences.NEVER);
    assertThat(begun).containsExactly(1.0);
    assertThat(occurrences.missed()).isZero();
  }

  @Test
  void after_negativeOrEndless_isAtOnceOrVeryLate() {
    assertThat(Occurrences.of(Schedule.after(DAY.negated()), clock).first()).isEqualTo(start);
    long never = Occurrences.of(Schedule.after(Duration.ofSeconds(Long.MAX_VALUE)), clock).first();
    assertThat(never - start).isGreaterThan(Duration.ofDays(365 * 140).toNanos());
  }

  @Test
  void after_deadlineThatReadsAsNever_isNotNever() {
    var occurrences = Occurrences.of(Schedule.after(Duration.ofNanos(5)), clock);
    assertThat(occurrences.first()).isEqualTo(Occurrences.NEVER + 1);
  }

  @Test
  void fixedDelay_work_countsFromItsFinish() {
    run(Schedule.fixedDelay(SECOND), 3, seconds(0.5), seconds(2));
    assertThat(begun).containsExactly(0.0, 1.5, 4.5);
  }

  @Test
  void fixedDelay_startingAfter_beginsThen() {
    run(Schedule.fixedDelay(SECOND).startingAfter(DAY), 2);
    assertThat(begun).containsExactly(86_400.0, 86_401.0);
  }

  @Test
  void fixedRate_shortWork_staysOnTheGrid() {
    var occurrences =
        run(Schedule.fixedRate(SECOND).startingAfter(SECOND), 4, seconds(0.5), seconds(0.9));
    assertThat(begun).containsExactly(1.0, 2.0, 3.0, 4.0);
    assertThat(occurrences.missed()).isZero();
  }

  @Test
  void fixedRate_skip_leavesOutWhatIsPast() {
    var occurrences = run(Schedule.fixedRate(SECOND), 3, seconds(3.5));
    assertThat(begun).containsExactly(0.0, 4.0, 5.0);
    assertThat(occurrences.missed()).isEqualTo(3);
  }

  @Test
  void fixedRate_workUntilExactlyTheNext_goesOnWithoutAGap() {
    var occurrences = run(Schedule.fixedRate(SECOND).missed(Missed.BURST), 3, SECOND, SECOND);
    assertThat(begun).containsExactly(0.0, 1.0, 2.0);
    assertThat(occurrences.missed()).isZero();
  }

  @Test
  void fixedRate_coalesce_makesOneOfWhatIsPastThenStaysOnTheGrid() {
    var occurrences =
        run(Schedule.fixedRate(SECOND).missed(Missed.COALESCE), 4, seconds(3.5), seconds(0.1));
    assertThat(begun).containsExactly(0.0, 3.5, 4.0, 5.0);
    assertThat(occurrences.missed()).as("three became one").isEqualTo(2);
  }

  @Test
  void fixedRate_burst_makesUpForEachThenStaysOnTheGrid() {
    var occurrences =
        run(Schedule.fixedRate(SECOND).missed(Missed.BURST), 6, seconds(3.2), seconds(0.1));
    assertThat(begun).containsExactly(0.0, 3.2, 3.3, 3.3, 4.0, 5.0);
    assertThat(occurrences.missed()).isZero();
  }

  @Test
  void fixedRate_burstOfAThousandMillion_needsNoMemory() {
    Duration tiny = Duration.ofNanos(1);
    var occurrences = Occurrences.of(Schedule.fixedRate(tiny).missed(Missed.BURST), clock);
    long deadline = run(occurrences, occurrences.first(), SECOND);
    for (int i = 0; i < 1_000; i++) {
      deadline = run(occurrences, deadline, Duration.ZERO);
    }
    assertThat(deadline - start).isEqualTo(1_001);
  }

  @Test
  void fixedRate_begunLate_countsWhatWasMissed() {
    for (Missed policy : List.of(Missed.SKIP, Missed.COALESCE)) {
      var occurrences = Occurrences.of(Schedule.fixedRate(SECOND).missed(policy), clock);
      clock.advance(seconds(2.5));
      assertThat(occurrences.wake(clock.nanos())).isEqualTo(clock.nanos() - seconds(2.5).toNanos());
      assertThat(occurrences.missed()).as("%s", policy).isEqualTo(2);
      assertThat(occurrences.next(clock.nanos()) - clock.nanos()).isEqualTo(500_000_000);
    }
  }

  @Test
  void cron_wait_isSplitIntoMinutesAndExact() {
    var occurrences = run(Schedule.cron("30 1 12 * * *", ZoneOffset.UTC), 2);
    assertThat(begun).containsExactly(90.0, 86_490.0);
    assertThat(occurrences.missed()).isZero();
    assertThat(wakes).isEqualTo(2 + 1_440);
  }

  @Test
  void cron_startingAfter_looksFromThenOn() {
    run(Schedule.cron("@hourly", ZoneOffset.UTC).startingAfter(Duration.ofMinutes(60)), 1);
    assertThat(begun).containsExactly(7_200.0);
  }

  @Test
  void cron_zone_meansItsLocalTime() {
    run(Schedule.cron("0 0 14 * * *", ZoneId.of("Europe/Berlin")), 1);
    assertThat(begun).containsExactly(3_600.0);
  }

  @Test
  void cron_missed_followsThePolicy() {
    assertThat(run(everySecond(), 3, seconds(3.5)).missed()).isEqualTo(3);
    assertThat(begun).containsExactly(1.0, 5.0, 6.0);
    begun = new ArrayList<>();
    clock.setWall(Instant.parse("2026-11-21T12:00:00Z"));
    double offset = (clock.nanos() - start) / 1e9;
    assertThat(run(everySecond().missed(Missed.COALESCE), 3, seconds(3.5)).missed()).isEqualTo(2);
    assertThat(begun).containsExactly(offset + 1, offset + 4.5, offset + 5);
    begun = new ArrayList<>();
    clock.setWall(Instant.parse("2026-11-21T12:00:00Z"));
    offset = (clock.nanos() - start) / 1e9;
    assertThat(run(everySecond().missed(Missed.BURST), 5, seconds(3.5)).missed()).isZero();
    assertThat(begun)
        .containsExactly(offset + 1, offset + 4.5, offset + 4.5, offset + 4.5, offset + 5);
  }

  @Test
  void cron_clockSetForward_isNoticedWithinAMinuteAndOccursAtOnce() {
    var occurrences = Occurrences.of(Schedule.cron("@hourly", ZoneOffset.UTC), clock);
    long deadline = occurrences.first();
    assertThat(deadline - start).isEqualTo(Duration.ofMinutes(1).toNanos());
    clock.setWall(Instant.parse("2026-11-21T15:30:00Z"));
    long next = run(occurrences, deadline, Duration.ZERO);
    assertThat(begun).containsExactly(60.0);
    assertThat(occurrences.missed()).as("14:00 and 15:00").isEqualTo(2);
    waited(occurrences, next);
    assertThat(clock.now()).hasToString("2026-11-21T16:00:00Z");
  }

  @Test
  void cron_clockSetForwardInABurst_occursOnceForEach() {
    var schedule = Schedule.cron("@hourly", ZoneOffset.UTC).missed(Missed.BURST);
    var occurrences = Occurrences.of(schedule, clock);
    clock.setWall(Instant.parse("2026-11-21T15:30:00Z"));
    long deadline = occurrences.first();
    for (int i = 0; i < 3; i++) {
      deadline = run(occurrences, deadline, Duration.ZERO);
    }
    assertThat(begun).containsExactly(60.0, 60.0, 60.0);
    waited(occurrences, deadline);
    assertThat(clock.now()).hasToString("2026-11-21T16:00:00Z");
  }

  @Test
  void cron_clockSetBackALittle_neverRepeatsALocalTime() {
    var occurrences = run(Schedule.cron("@hourly", ZoneOffset.UTC), 1);
    assertThat(clock.now()).hasToString("2026-11-21T13:00:00Z");
    clock.setWall(Instant.parse("2026-11-21T11:30:00Z"));
    waited(occurrences, occurrences.next(clock.nanos()));
    assertThat(clock.now()).hasToString("2026-11-21T14:00:00Z");
  }

  @Test
  void cron_clockSetBackAsItWaits_waitsForTheSameTime() {
    var occurrences = Occurrences.of(Schedule.cron("30 0 12 * * *", ZoneOffset.UTC), clock);
    long deadline = occurrences.first();
    assertThat(deadline - start).isEqualTo(seconds(30).toNanos());
    clock.setWall(Instant.parse("2026-11-21T11:59:00Z"));
    waited(occurrences, deadline);
    assertThat(clock.now()).hasToString("2026-11-21T12:00:30Z");
  }

  @Test
  void cron_clockThatWasYearsAhead_beginsAnew() {
    clock.setWall(Instant.parse("2099-06-01T00:00:00Z"));
    var occurrences = Occurrences.of(Schedule.cron("@yearly", ZoneOffset.UTC), clock);
    clock.setWall(Instant.parse("2026-12-31T23:00:00Z"));
    waited(occurrences, occurrences.first());
    assertThat(clock.now()).hasToString("2027-01-01T00:00:00Z");
  }

  @Test
  void cron_clockSetForwardByDecades_countsUpToABoundOnly() {
    var occurrences = Occurrences.of(everySecond(), clock);
    clock.setWall(Instant.parse("2066-01-01T00:00:00Z"));
    long next = run(occurrences, occurrences.first(), Duration.ZERO);
    assertThat(occurrences.missed()).isEqualTo(CronOccurrences.MOST_COUNTED - 1);
    assertThat(next - clock.nanos()).isEqualTo(SECOND.toNanos());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void fixedRate_periodNotPositive_throws(long nanos) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.fixedRate(Duration.ofNanos(nanos)))
        .withMessageStartingWith("period must be positive: period=PT");
  }

  @Test
  void factories_misused_throw() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.fixedDelay(SECOND.negated()))
        .withMessage("delay must not be negative: delay=PT-1S");
    assertThatNullPointerException()
        .isThrownBy(() -> Schedule.cron("@daily", null))
        .withMessage("zone");
    assertThatNullPointerException()
        .isThrownBy(() -> Schedule.fixedRate(SECOND).missed(null))
        .withMessage("missed");
  }

  @Test
  void equals_sameSchedule_isTrue() {
    assertThat(Schedule.fixedRate(SECOND)).isEqualTo(Schedule.fixedRate(Duration.ofMillis(1_000)));
    assertThat(Schedule.cron("0 0 * * *", ZoneOffset.UTC))
        .isEqualTo(Schedule.cron("@daily", ZoneOffset.UTC))
        .isNotEqualTo(Schedule.cron("@daily", ZoneOffset.UTC).missed(Missed.BURST));
  }
}
