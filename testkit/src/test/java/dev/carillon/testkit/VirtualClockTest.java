package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.time.Clock.Alarm;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Time that moves when told. */
class VirtualClockTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final VirtualClock clock = new VirtualClock();
  private final List<String> rang = new ArrayList<>();

  private Alarm alarm(String name, Duration in) {
    Alarm alarm = clock.alarm(name, () -> rang.add(name + " at " + clock.nanos()));
    alarm.set(clock.nanos() + in.toNanos());
    return alarm;
  }

  @Test
  void advance_moves_bothReadings() {
    Instant start = Instant.parse("2026-11-21T05:00:00Z");
    var started = new VirtualClock(start);
    long before = started.nanos();
    started.advance(Duration.ofHours(1));
    assertThat(started.nanos() - before).isEqualTo(Duration.ofHours(1).toNanos());
    assertThat(started.coarseNanos()).isEqualTo(started.nanos());
    assertThat(started.now()).isEqualTo(start.plus(Duration.ofHours(1)));
    assertThat(started).hasToString("VirtualClock[2026-11-21T06:00:00Z]");
    assertThat(started.isReal()).isFalse();
  }

  @Test
  void advance_notCalled_timeStandsStill() {
    assertThat(clock.nanos()).isEqualTo(clock.nanos());
    assertThat(clock.now()).isEqualTo(Instant.parse("2000-01-01T00:00:00Z"));
  }

  @Test
  void advance_pastDeadlines_ringsInTheirOrderAtTheirTimes() {
    alarm("b", Duration.ofNanos(20));
    alarm("a", Duration.ofNanos(10));
    alarm("c", Duration.ofNanos(20));
    alarm("later", SECOND);
    clock.advance(Duration.ofNanos(50));
    assertThat(rang).containsExactly("a at 10", "b at 20", "c at 20");
    assertThat(clock.nanos()).isEqualTo(50);
    assertThat(clock.alarms()).isEqualTo(1);
  }

  @Test
  void advance_zero_ringsWhatIsDue() {
    alarm("due", Duration.ofNanos(-5));
    assertThat(rang).isEmpty();
    clock.advance(Duration.ZERO);
    assertThat(rang).containsExactly("due at 0");
  }

  @Test
  void advance_alarmSetAgainAsItRings_ringsAgain() {
    var alarms = new ArrayList<Alarm>();
    alarms.add(
        clock.alarm(
            "every second",
            () -> {
              rang.add("" + clock.nanos() / SECOND.toNanos());
              alarms.getFirst().set(clock.nanos() + SECOND.toNanos());
            }));
    alarms.getFirst().set(SECOND.toNanos());
    clock.advance(Duration.ofSeconds(4));
    assertThat(rang).containsExactly("1", "2", "3", "4");
  }

  @Test
  void set_again_replacesTheDeadline() {
    Alarm alarm = alarm("a", SECOND);
    alarm.set(SECOND.toNanos() * 3);
    clock.advance(SECOND.multipliedBy(2));
    assertThat(rang).isEmpty();
    alarm.set(Alarm.NEVER);
    clock.advance(SECOND.multipliedBy(2));
    assertThat(rang).isEmpty();
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void close_set_neverRings() {
    Alarm alarm = alarm("a", SECOND);
    alarm.close();
    alarm.close();
    alarm.set(0);
    clock.advance(Duration.ofDays(1));
    assertThat(rang).isEmpty();
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void close_whileItRingsOnAnotherThread_waitsForTheEnd() throws Exception {
    var ringing = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var ended = new AtomicBoolean();
    Alarm alarm =
        clock.alarm(
            "slow",
            () -> {
              ringing.countDown();
              try {
                Patience.await(goOn);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              ended.set(true);
            });
    alarm.set(0);
    try (var workers = new Workers()) {
      workers.start(() -> clock.advance(SECOND));
      Patience.await(ringing);
      Thread closing =
          workers.start(() -> {
            alarm.close();
            assertThat(ended).isTrue();
          });
      Patience.until("it waits", () -> closing.getState() == Thread.State.WAITING);
      goOn.countDown();
    }
  }

  @Test
  void close_asItRings_returns() {
    var alarms = new ArrayList<Alarm>();
    Runnable ring =
        () -> {
          alarms.getFirst().close();
          rang.add("self");
        };
    alarms.add(clock.alarm("self", ring));
    alarms.getFirst().set(0);
    clock.advance(SECOND);
    assertThat(rang).containsExactly("self");
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void advance_backwards_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> clock.advance(Duration.ofNanos(-1)))
        .withMessage("a clock never goes back: by=PT-0.000000001S");
  }

  @Test
  void advance_byAnAlarm_throws() {
    Alarm alarm =
        clock.alarm(
            "greedy",
            () -> {
              assertThatIllegalStateException()
                  .isThrownBy(() -> clock.advance(SECOND))
                  .withMessageStartingWith("an alarm must not move the clock that rings it");
              rang.add("greedy");
            });
    alarm.set(0);
    clock.advance(SECOND);
    assertThat(rang).containsExactly("greedy");
    assertThat(clock.nanos()).isEqualTo(SECOND.toNanos());
  }

  @Test
  void advance_tooFar_throwsAndLeavesTheClockUsable() {
    clock.advance(SECOND);
    for (Duration far : List.of(Duration.ofNanos(Long.MAX_VALUE), Duration.ofDays(365_000))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> clock.advance(far))
          .withMessageStartingWith(
              "a clock must stay below 2^63 ns from its start: now=1000000000");
    }
    clock.advance(SECOND);
    assertThat(clock.nanos()).isEqualTo(2 * SECOND.toNanos());
  }

  @Test
  void advance_byManyThreads_addsUp() {
    try (var workers = new Workers()) {
      for (int i = 0; i < 4; i++) {
        workers.start(() -> {
          for (int j = 0; j < 1_000; j++) {
            clock.advance(Duration.ofNanos(1));
          }
        });
      }
    }
    assertThat(clock.nanos()).isEqualTo(4_000);
  }

  @Test
  void timers_onTheClock_runAsItMoves() {
    try (var timers = Timers.on(clock, "test")) {
      timers.schedule(Duration.ofDays(365), () -> rang.add("year"));
      timers.schedule(Duration.ofMillis(1), () -> rang.add("tick"));
      clock.advance(Duration.ofMillis(1));
      assertThat(rang).containsExactly("tick");
      clock.advance(Duration.ofDays(365));
      assertThat(rang).containsExactly("tick", "year");
    }
    assertThat(clock.alarms()).isZero();
  }
}
