package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.schedule.ScheduleCursor.Occurrence;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A schedule that somebody walks through, and goes on with after a restart. */
class ScheduleCursorTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualClock clock = new ManualClock(Long.MAX_VALUE - 5, NOON);

  private static Schedule.Grid hourly(Missed missed) {
    return Schedule.cron("@hourly", ZoneOffset.UTC).missed(missed);
  }

  private static Instant hour(int hours) {
    return NOON.plus(HOUR.multipliedBy(hours));
  }

  /** Runs all that is due now. */
  private List<Occurrence> due(ScheduleCursor cursor) {
    var all = new ArrayList<Occurrence>();
    for (var next = cursor.tryBegin(); next.isPresent(); next = cursor.tryBegin()) {
      all.add(next.get());
      cursor.finish();
    }
    return all;
  }

  @Test
  void tryBegin_beforeTheTime_isEmpty() {
    var cursor = ScheduleCursor.start(hourly(Missed.SKIP), clock);
    clock.advance(HOUR.minusNanos(1));
    assertThat(cursor.tryBegin()).isEmpty();
    clock.advance(Duration.ofNanos(1));
    assertThat(cursor.tryBegin()).contains(new Occurrence(hour(1), hour(1), 0));
  }

  @Test
  void resume_cronThatMissedThree_followsTheRule() {
    clock.advance(HOUR.multipliedBy(3).plusMinutes(10)); // 13:00, 14:00, 15:00 are past
    assertThat(due(ScheduleCursor.resume(hourly(Missed.SKIP), clock, NOON))).isEmpty();
    assertThat(due(ScheduleCursor.resume(hourly(Missed.COALESCE), clock, NOON)))
        .containsExactly(new Occurrence(hour(1), hour(3), 2));
    assertThat(due(ScheduleCursor.resume(hourly(Missed.BURST), clock, NOON)))
        .containsExactly(
            new Occurrence(hour(1), hour(1), 0),
            new Occurrence(hour(2), hour(2), 0),
            new Occurrence(hour(3), hour(3), 0));
  }

  @Test
  void resume_behindTheLastOfABurst_repeatsNone() {
    clock.advance(HOUR.multipliedBy(3));
    var cursor = ScheduleCursor.resume(hourly(Missed.BURST), clock, hour(3));
    assertThat(due(cursor)).isEmpty();
    clock.advance(HOUR);
    assertThat(due(cursor)).containsExactly(new Occurrence(hour(4), hour(4), 0));
  }

  @Test
  void resume_cronThatSkipped_countsThemWithTheNext() {
    clock.advance(HOUR.multipliedBy(3).plusMinutes(10));
    var cursor = ScheduleCursor.resume(hourly(Missed.SKIP), clock, NOON);
    clock.advance(HOUR.minusMinutes(10));
    assertThat(due(cursor)).containsExactly(new Occurrence(hour(4), hour(4), 3));
  }

  @Test
  void resume_fixedRate_staysOnItsGrid() {
    var rate = Schedule.fixedRate(HOUR);
    clock.advance(HOUR.multipliedBy(2).plusMinutes(20));
    var coalesced = ScheduleCursor.resume(rate.missed(Missed.COALESCE), clock, NOON);
    assertThat(due(coalesced)).containsExactly(new Occurrence(hour(1), hour(2), 1));
    var skipped = ScheduleCursor.resume(rate, clock, NOON);
    assertThat(due(skipped)).isEmpty();
    clock.advance(Duration.ofMinutes(40));
    assertThat(due(skipped)).containsExactly(new Occurrence(hour(3), hour(3), 2));
  }

  @Test
  void resume_fixedDelay_countsFromWhenTheLastWasDue() {
    var delay = Schedule.fixedDelay(HOUR);
    clock.advance(Duration.ofMinutes(20));
    var cursor = ScheduleCursor.resume(delay, clock, NOON);
    assertThat(cursor.tryBegin()).isEmpty();
    clock.advance(Duration.ofMinutes(40));
    assertThat(cursor.tryBegin()).contains(new Occurrence(hour(1), hour(1), 0));
  }

  @Test
  void resume_wallClockSetBack_waitsOnePeriodOrDelayAtMost() {
    Instant future = NOON.plus(Duration.ofDays(1000));
    for (Schedule.Repeating schedule :
        List.of(Schedule.fixedRate(HOUR), Schedule.fixedDelay(HOUR), hourly(Missed.SKIP))) {
      var cursor = ScheduleCursor.resume(schedule, clock, future);
      assertThat(due(cursor)).isEmpty();
      clock.advance(HOUR);
      assertThat(due(cursor)).hasSize(1);
    }
  }

  @Test
  void tryBegin_beforeTheLastIsFinished_isRefused() {
    var cursor = ScheduleCursor.start(Schedule.fixedRate(HOUR), clock);
    assertThatIllegalStateException().isThrownBy(cursor::finish);
    assertThat(cursor.tryBegin()).isPresent();
    assertThatIllegalStateException().isThrownBy(cursor::tryBegin);
    assertThatIllegalStateException().isThrownBy(cursor::awaitDue);
  }
}
