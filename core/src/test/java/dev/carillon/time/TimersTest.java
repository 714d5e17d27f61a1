package dev.carillon.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.CapturedLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers on a clock that stands still until told otherwise. */
class TimersTest {
  private static final Duration TICK = Duration.ofNanos(Timers.TICK_NANOS);
  private static final Duration YEAR = Duration.ofDays(365);

  private final ManualClock clock = new ManualClock(1_234_567_890_123L);
  private final Timers timers = Timers.on(clock, "test");
  private final List<Object> ran = new ArrayList<>();

  private Timer schedule(Duration delay, Object name) {
    return timers.schedule(delay, () -> ran.add(name));
  }

  @Test
  void schedule_delay_runsWhenItHasPassedAndNotBefore() {
    Timer timer = schedule(Duration.ofMillis(100), "task");
    assertThat(timer.deadline()).isEqualTo(clock.nanos() + 100_000_000);
    assertThat(timers.pending()).isEqualTo(1);
    clock.advance(Duration.ofMillis(100).minusNanos(1));
    assertThat(ran).isEmpty();
    clock.advance(TICK);
    assertThat(ran).containsExactly("task");
    assertThat(timers.pending()).isZero();
  }

  @Test
  void schedule_zeroOrNegative_runsAtTheNextTickNotAtOnce() {
    schedule(Duration.ZERO, "zero");
    schedule(Duration.ofSeconds(Long.MIN_VALUE), "negative");
    assertThat(ran).isEmpty();
    clock.advance(TICK);
    assertThat(ran).containsExactly("zero", "negative");
  }

  @Test
  void schedule_differentDelays_runInOrderOfTheirTicks() {
    for (int millis : new int[] {5, 64, 1, 4_096, 63, 65, 4_095, 4_097, 2}) {
      schedule(Duration.ofMillis(millis), millis);
    }
    clock.advance(Duration.ofMinutes(1));
    assertThat(ran).containsExactly(1, 2, 5, 63, 64, 65, 4_095, 4_096, 4_097);
  }

  @Test
  void schedule_sameTick_runInOrderOfAdding() {
    for (int i = 0; i < 1_000; i++) {
      schedule(Duration.ofMillis(200), i);
    }
    clock.advance(Duration.ofMillis(150));
    for (int i = 1_000; i < 2_000; i++) {
      schedule(Duration.ofMillis(50), i);
    }
    clock.advance(Duration.ofMillis(51));
    assertThat(ran).hasSize(2_000).isSorted();
  }

  @Test
  void schedule_yearsAhead_runsThen() {
    schedule(YEAR.multipliedBy(140), "far");
    schedule(YEAR, "near");
    clock.advance(YEAR.minusNanos(1));
    assertThat(ran).isEmpty();
    clock.advance(TICK);
    assertThat(ran).containsExactly("near");
    clock.advance(YEAR.multipliedBy(139));
    assertThat(ran).containsExactly("near", "far");
  }

  @Test
  void schedule_longestDuration_waitsVeryLong() {
    schedule(Duration.ofSeconds(Long.MAX_VALUE), "never");
    clock.advance(YEAR.multipliedBy(145));
    assertThat(ran).isEmpty();
    assertThat(timers.pending()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1})
  void schedule_dueWhenTheClocksNumbersEnd_runsThen(long nanosAfter) {
    var late = new ManualClock(Long.MAX_VALUE - 5 * Timers.TICK_NANOS + nanosAfter);
    try (Timers others = Timers.on(late, "late")) {
      Timer timer = others.schedule(TICK.multipliedBy(5), () -> ran.add("task"));
      assertThat(timer.deadline()).isEqualTo(Long.MAX_VALUE + nanosAfter);
      others.scheduleAt(Long.MAX_VALUE, () -> ran.add("at"));
      late.advance(TICK.multipliedBy(4));
      assertThat(ran).isEmpty();
      late.advance(TICK.multipliedBy(3));
      assertThat(ran).containsExactlyInAnyOrder("task", "at");
    }
  }

  @Test
  void schedule_insideATask_runsLater() {
    timers.schedule(
        Duration.ofMillis(5),
        () -> {
          ran.add("outer");
          schedule(Duration.ZERO, "inner");
          schedule(Duration.ofMillis(5), "second");
        });
    clock.advance(Duration.ofMillis(6));
    assertThat(ran).startsWith("outer");
    clock.advance(Duration.ofMillis(6));
    assertThat(ran).containsExactly("outer", "inner", "second");
  }

  @Test
  void cancel_pending_neverRuns() {
    Timer cancelled = schedule(Duration.ofMillis(10), "cancelled");
    schedule(Duration.ofMillis(10), "kept");
    assertThat(cancelled.cancel()).isTrue();
    assertThat(cancelled.cancel()).isFalse();
    assertThat(timers.pending()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly("kept");
  }

  @Test
  void cancel_afterItRan_returnsFalse() {
    Timer timer = schedule(Duration.ofMillis(10), "ran");
    clock.advance(Duration.ofSeconds(1));
    assertThat(timer.cancel()).isFalse();
  }

  @Test
  void cancel_ofASiblingInATask_cannotStopWhatIsDueInTheSameTick() {
    var siblings = new ArrayList<Timer>();
    timers.schedule(
        Duration.ofMillis(10), () -> siblings.forEach(timer -> ran.add(timer.cancel())));
    siblings.add(schedule(Duration.ofMillis(10), "same tick"));
    siblings.add(schedule(Duration.ofMillis(20), "later"));
    clock.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly(false, true, "same tick");
  }

  @Test
  void schedule_throwingTask_isLoggedAndStopsNobody() {
    try (var log = new CapturedLog("dev.carillon.time")) {
      timers.schedule(
          Duration.ofMillis(1),
          () -> {
            throw new IllegalStateException("mine");
          });
      timers.schedule(
          Duration.ofMillis(1),
          () -> {
            throw new AssertionError("mine too");
          });
      schedule(Duration.ofMillis(1), "sibling");
      schedule(Duration.ofMillis(2), "later");
      clock.advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly("sibling", "later");
      assertThat(log.thrown())
          .extracting(Throwable::getMessage)
          .containsExactly("mine", "mine too");
    }
  }

  @Test
  void scheduleAt_deadline_runsWhenItHasComeAndNotBefore() {
    long deadline = clock.nanos() + 100_000_000;
    Timer timer = timers.scheduleAt(deadline, () -> ran.add("task"));
    assertThat(timer.deadline()).isEqualTo(deadline);
    clock.advance(Duration.ofMillis(100).minusNanos(1));
    assertThat(ran).isEmpty();
    clock.advance(TICK);
    assertThat(ran).containsExactly("task");
  }

  @Test
  void scheduleAt_past_runsAtTheNextTickNotAtOnce() {
    clock.advance(YEAR);
    timers.scheduleAt(clock.nanos() - YEAR.multipliedBy(2).toNanos(), () -> ran.add("past"));
    schedule(Duration.ZERO, "now");
    assertThat(ran).isEmpty();
    clock.advance(TICK);
    assertThat(ran).containsExactly("past", "now");
  }

  @Test
  void scheduleAt_afterALongIdleTime_runsThen() {
    clock.advance(YEAR);
    timers.scheduleAt(clock.nanos() + 200_000_000, () -> ran.add("task"));
    clock.advance(Duration.ofMillis(130));
    assertThat(ran).isEmpty();
    clock.advance(Duration.ofMillis(71));
    assertThat(ran).containsExactly("task");
  }

  @Test
  void schedule_withoutTask_throws() {
    assertThatNullPointerException()
        .isThrownBy(() -> timers.schedule(TICK, null))
        .withMessage("task");
  }

  @Test
  void close_pendingTimers_areDropped() {
    Timer timer = schedule(Duration.ofMillis(10), "dropped");
    timers.close();
    timers.close();
    assertThat(timers.pending()).isZero();
    assertThat(clock.isClosed()).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(ran).isEmpty();
    timer.cancel();
    assertThatIllegalStateException()
        .isThrownBy(() -> schedule(TICK, "late"))
        .withMessage("timers must be open to schedule a task: delay=PT0.001S");
    assertThatIllegalStateException()
        .isThrownBy(() -> timers.scheduleAt(7, () -> {}))
        .withMessage("timers must be open to schedule a task: deadline=7");
  }

  @Test
  void clock_isTheOneGiven() {
    assertThat(timers.clock()).isSameAs(clock);
    assertThat(clock.isReal()).isFalse();
    assertThat(clock.coarseNanos()).isEqualTo(clock.nanos());
  }
}
