package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.schedule.Schedule.Missed;
import dev.carillon.schedule.ScheduleCursor.Occurrence;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
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
    assertThatIllegalStateException().isThrownBy(cursor::untilDue);
  }

  /** Walks as one does who has timers, up to the next occurrence, and returns how often it woke. */
  private int wakeUpsUntilDue(ScheduleCursor cursor) {
    int wakeUps = 0;
    while (cursor.tryBegin().isEmpty()) {
      Duration wait = cursor.untilDue();
      assertThat(wait).isPositive();
      clock.advance(wait);
      wakeUps++;
    }
    cursor.finish();
    return wakeUps;
  }

  @Test
  void untilDue_fixedRate_isTheRestOfThePeriodAndZeroOnceItIsPast() {
    var cursor = ScheduleCursor.start(Schedule.fixedRate(HOUR), clock);
    assertThat(cursor.untilDue()).isZero();
    due(cursor);
    clock.advance(Duration.ofMinutes(20));
    assertThat(cursor.untilDue()).isEqualTo(Duration.ofMinutes(40));
    clock.advance(Duration.ofMinutes(50));
    assertThat(cursor.untilDue()).isZero();
  }

  @Test
  void untilDue_fixedDelay_countsFromTheFinish() {
    var cursor = ScheduleCursor.start(Schedule.fixedDelay(HOUR), clock);
    assertThat(cursor.tryBegin()).isPresent();
    clock.advance(Duration.ofMinutes(20));
    cursor.finish();
    assertThat(cursor.untilDue()).isEqualTo(HOUR);
  }

  @Test
  void untilDue_delayWithoutEnd_isAsLongAsAClockCanTell() {
    var forEver = Duration.ofSeconds(Long.MAX_VALUE);
    var cursor = ScheduleCursor.start(Schedule.fixedDelay(HOUR).startingAfter(forEver), clock);
    assertThat(cursor.untilDue()).isGreaterThan(Duration.ofDays(36_525));
  }

  @Test
  void untilDue_cron_isAMinuteAtMostAndMeetsTheTime() {
    var cursor = ScheduleCursor.start(hourly(Missed.SKIP), clock);
    clock.advance(Duration.ofSeconds(3550));
    due(cursor);
    assertThat(cursor.untilDue()).isEqualTo(Duration.ofSeconds(50));
    assertThat(wakeUpsUntilDue(cursor)).isEqualTo(1);
    assertThat(clock.now()).isEqualTo(hour(1));
    assertThat(cursor.untilDue()).isEqualTo(Duration.ofMinutes(1));
    assertThat(wakeUpsUntilDue(cursor)).isEqualTo(60);
    assertThat(clock.now()).isEqualTo(hour(2));
  }

  @Test
  void untilDue_cronOverAChangeOfTheClocks_meetsTheLocalTime() {
    var berlin = ZoneId.of("Europe/Berlin");
    clock.setWall(Instant.parse("2026-03-28T02:00:00Z")); // the day before the gap, 3:00 there
    var cursor = ScheduleCursor.start(Schedule.cron("0 30 2 * * *", berlin), clock);
    wakeUpsUntilDue(cursor);
    assertThat(clock.now()).isEqualTo(Instant.parse("2026-03-29T01:00:00Z")); // the end of the gap
    wakeUpsUntilDue(cursor);
    assertThat(clock.now()).isEqualTo(Instant.parse("2026-03-30T00:30:00Z")); // 2:30 in summer
  }

  @Test
  void untilDue_wallClockSetForward_isZeroWithinAMinute() {
    var cursor = ScheduleCursor.start(hourly(Missed.SKIP), clock);
    clock.setWall(hour(1));
    assertThat(cursor.tryBegin()).isEmpty(); // nobody has looked at the wall clock yet
    clock.advance(cursor.untilDue());
    assertThat(cursor.untilDue()).isZero();
    assertThat(cursor.tryBegin()).contains(new Occurrence(hour(1), hour(1), 0));
  }
}
