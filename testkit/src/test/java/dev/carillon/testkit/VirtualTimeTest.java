package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What events do with time, on a virtual clock. */
class VirtualTimeTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration TICK = Duration.ofMillis(1);

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T05:00:00Z"));
  private final EventSystem events = EventSystem.create(c -> c.withClock(clock).withTraceEvery(0));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void after_delay_triggersThenAndNotBefore() {
    Event event = events.after(HOUR);
    clock.advance(HOUR.minusNanos(1));
    assertThat(event).isPending();
    clock.advance(Duration.ofNanos(1));
    assertThat(event).isTriggered();
  }

  @Test
  void after_zero_triggersAtTheNextTick() {
    Event event = events.after(Duration.ZERO);
    assertThat(event).isPending();
    clock.advance(TICK);
    assertThat(event).isTriggered();
  }

  @Test
  void after_manyDelays_triggerInOrder() {
    List<Integer> order = new ArrayList<>();
    for (int hours : new int[] {500, 3, 1, 24, 2, 100_000}) {
      events.after(HOUR.multipliedBy(hours)).whenComplete(poison -> order.add(hours));
    }
    clock.advance(HOUR.multipliedBy(200_000));
    assertThat(order).containsExactly(1, 2, 3, 24, 500, 100_000);
  }

  @Test
  void orPoisonAfter_timePasses_poisonsWithThatTime() {
    Event event = events.newEvent("load").orPoisonAfter(HOUR);
    clock.advance(HOUR.minusNanos(1));
    assertThat(event).isPending();
    clock.advance(TICK);
    assertThat(event).isPoisonedWith("not complete after PT1H");
    assertThat(event.poison().orElseThrow().time())
        .isEqualTo(Instant.parse("2026-11-21T06:00:00Z"));
  }

  @Test
  void orPoisonAfter_completeInTime_leavesNoAlarmBehind() {
    Event event = events.newEvent().orPoisonAfter(HOUR).orPoisonAfter(HOUR.multipliedBy(2));
    event.trigger();
    clock.advance(HOUR.multipliedBy(3));
    assertThat(event).isTriggered();
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void await_timeout_endsWhenTheClockSaysSo() throws Exception {
    Event event = events.newEvent();
    try (var workers = new Workers()) {
      for (Workers.Kind kind : Workers.Kind.values()) {
        Thread waiting =
            workers.start(kind, "waiting", () -> assertThat(event.await(HOUR)).isFalse());
        Patience.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
      }
      Patience.until("both wait", () -> events.stats().waiters() == 2);
      clock.advance(HOUR.minus(TICK));
      assertThat(events.stats().waiters()).isEqualTo(2);
      clock.advance(TICK.multipliedBy(2));
    }
    assertThat(event).isPending();
    event.trigger();
  }

  @Test
  void await_completedBeforeTheTimeout_returnsAndTakesItsTimerOff() throws Exception {
    Event triggered = events.newEvent();
    Event poisoned = events.newEvent();
    try (var workers = new Workers()) {
      Thread one = workers.start(() -> assertThat(triggered.await(HOUR)).isTrue());
      Thread other =
          workers.start(() ->
              assertThatExceptionOfType(PoisonedException.class)
                  .isThrownBy(() -> poisoned.await(HOUR)));
      Patience.until("both wait", () -> one.getState() == Thread.State.WAITING);
      Patience.until("both wait", () -> other.getState() == Thread.State.WAITING);
      triggered.trigger();
      poisoned.poison("no");
    }
    clock.advance(HOUR);
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void await_timeoutDuringShutdown_throwsPoisoned() throws Exception {
    Event event = events.newEvent();
    try (var workers = new Workers()) {
      Thread waiting =
          workers.start(() ->
              assertThatExceptionOfType(PoisonedException.class)
                  .isThrownBy(() -> event.await(HOUR)));
      Patience.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
      events.close();
    }
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void pendingOlderThan_agesPass_listsTheOldestFirst() {
    Event oldest = events.newEvent("oldest");
    clock.advance(HOUR);
    Event middle = events.newEvent("middle");
    Event done = events.newEvent("done");
    clock.advance(HOUR);
    Event young = events.newEvent("young");
    done.trigger();
    clock.advance(Duration.ofSeconds(10));
    Duration slack = Duration.ofSeconds(2); // ages are exact to about a second
    assertThat(events.pendingOlderThan(Duration.ZERO)).containsExactly(oldest, middle, young);
    assertThat(events.pendingOlderThan(HOUR)).containsExactly(oldest, middle);
    assertThat(events.pendingOlderThan(HOUR.multipliedBy(2).minus(slack))).containsExactly(oldest);
    assertThat(events.pendingOlderThan(HOUR.multipliedBy(2).plusSeconds(12))).isEmpty();
  }

  @Test
  void explain_agePasses_saysHowOld() {
    Event event = events.newEvent("load");
    clock.advance(Duration.ofSeconds(90));
    assertThat(events.explain(event).age())
        .isBetween(Duration.ofSeconds(88), Duration.ofSeconds(92));
    assertThat(events.explain(event).toString())
        .containsPattern("PENDING for about (8[89]|9[0-2]) s");
  }
}
