package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.schedule.LaneWatch.Outcome;
import dev.carillon.time.ManualClock;
import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The calls of a lane's handler, and the one timer that looks after them. */
class LaneWatchTest {
  private static final long TIMEOUT = 100;
  private static final long GRACE = 10;

  private final Timers never = Timers.on(new ManualClock(), "never");
  private final List<Long> timers = new ArrayList<>(); // delays, in the order of setting
  private final List<List<String>> overdue = new ArrayList<>();
  private final List<List<String>> abandoned = new ArrayList<>();
  private long now;

  private final LaneWatch<String> watch =
      new LaneWatch<>(
          TIMEOUT,
          GRACE,
          new LaneWatch.Owner<>() {
            @Override
            public long now() {
              return now;
            }

            @Override
            public Timer schedule(long nanos, Runnable action) {
              timers.add(nanos);
              return never.schedule(Duration.ofNanos(nanos), action);
            }

            @Override
            public void overdue(List<String> batch) {
              overdue.add(batch);
            }

            @Override
            public void abandon(List<String> batch, long start) {
              abandoned.add(batch);
            }
          });

  @AfterEach
  void close() {
    never.close();
  }

  @Test
  void begin_manyCalls_setOneTimer() {
    for (int i = 0; i < 90; i++) {
      now = i;
      assertThat(watch.end(watch.begin(List.of("a"), now))).isEqualTo(Outcome.IN_TIME);
    }
    assertThat(timers).containsExactly(TIMEOUT);
  }

  @Test
  void look_noCallUnderWay_setsNoTimer() {
    watch.end(watch.begin(List.of("a"), now));
    now = TIMEOUT;
    watch.look();
    assertThat(timers).hasSize(1);
    watch.end(watch.begin(List.of("b"), now));
    assertThat(timers).as("the next call does").hasSize(2);
  }

  @Test
  void look_aLateCall_isToldOnceBeforeItIsInterrupted() {
    LaneWatch.Call<String> call = watch.begin(List.of("a"), now);
    now = TIMEOUT - 1;
    watch.look();
    assertThat(overdue).isEmpty();
    now = TIMEOUT;
    watch.look();
    watch.look();
    assertThat(overdue).containsExactly(List.of("a"));
    assertThat(watch.end(call)).isEqualTo(Outcome.TIMED_OUT);
  }

  @Test
  void look_aLaterCall_isSetForTheRestOfItsTime() {
    watch.end(watch.begin(List.of("a"), now));
    now = 60;
    LaneWatch.Call<String> call = watch.begin(List.of("b"), now);
    now = TIMEOUT;
    watch.look();
    assertThat(timers).containsExactly(TIMEOUT, 60L);
    assertThat(watch.end(call)).isEqualTo(Outcome.IN_TIME);
  }

  @Test
  void look_late_givesTheWholeGraceFromThen() {
    LaneWatch.Call<String> call = watch.begin(List.of("a"), now);
    now = TIMEOUT + 50;
    watch.look();
    now += GRACE - 1;
    watch.look();
    assertThat(abandoned).isEmpty();
    assertThat(timers).containsExactly(TIMEOUT, GRACE, 1L);
    assertThat(watch.end(call)).isEqualTo(Outcome.TIMED_OUT);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void end_abandonedCallWhileAnotherIsUnderWay_leavesThatAlone() {
    LaneWatch.Call<String> first = watch.begin(List.of("first"), now);
    now = TIMEOUT;
    watch.look();
    now += GRACE;
    watch.look();
    assertThat(abandoned).containsExactly(List.of("first"));
    LaneWatch.Call<String> second = watch.begin(List.of("second"), now);
    assertThat(watch.end(first)).isEqualTo(Outcome.ABANDONED);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    now += TIMEOUT;
    watch.look();
    assertThat(Thread.currentThread().isInterrupted()).as("the second, in its turn").isTrue();
    assertThat(watch.end(second)).isEqualTo(Outcome.TIMED_OUT);
    now += GRACE;
    watch.look();
    assertThat(abandoned).hasSize(1);
  }
}
