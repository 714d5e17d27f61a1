package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Timers of events on the real clock; the testkit has those on virtual time. */
class DelayTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofDays(100_000);

  private final EventSystem events = EventSystem.create();

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void after_delay_triggersNotEarly() throws Exception {
    long start = System.nanoTime();
    Event event = events.after(SHORT);
    assertThat(event.status()).isEqualTo(EventStatus.PENDING);
    event.await();
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  @Test
  void after_zeroOrNegative_triggersSoon() throws Exception {
    events.after(Duration.ZERO).await();
    events.after(Duration.ofSeconds(Long.MIN_VALUE)).await();
  }

  @Test
  void after_longestDuration_isPending() {
    assertThat(events.after(Duration.ofSeconds(Long.MAX_VALUE)).status())
        .isEqualTo(EventStatus.PENDING);
  }

  @Test
  void orPoisonAfter_notCompleteInTime_poisonsNotEarly() {
    long start = System.nanoTime();
    Event event = events.newEvent("load");
    assertThat(event.orPoisonAfter(SHORT)).isSameAs(event);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(event::await)
        .withMessage("load [%s]: not complete after PT0.02S", event.handle());
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
  }

  @Test
  void orPoisonAfter_completeInTime_leavesTheEventAndNoTimer() {
    var core = (EventCore) events.raw();
    Event triggered = events.newEvent().orPoisonAfter(NEVER);
    Event poisoned = events.newEvent().orPoisonAfter(NEVER);
    assertThat(core.timers().pending()).isEqualTo(2);
    triggered.trigger();
    poisoned.poison("mine");
    assertThat(core.timers().pending()).isZero();
    assertThat(poisoned.poison().orElseThrow().reason()).isEqualTo("mine");
  }

  @Test
  void orPoisonAfter_complete_setsNoTimer() {
    Event event = events.newEvent();
    event.trigger();
    event.orPoisonAfter(Duration.ZERO);
    assertThat(((EventCore) events.raw()).timers().pending()).isZero();
    assertThat(event.status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void after_completedByHand_takesTheTimerOff() {
    Event event = events.after(NEVER);
    event.trigger();
    assertThat(((EventCore) events.raw()).timers().pending()).isZero();
  }

  @Test
  void after_shutdown_throws() {
    events.shutdown("over");
    assertThatExceptionOfType(SystemClosedException.class).isThrownBy(() -> events.after(SHORT));
  }

  @Test
  void orPoisonAfter_onAMerge_poisonsItAndIgnoresTheInputs() {
    Event input = events.newEvent();
    Event merged = events.merge(input).orPoisonAfter(Duration.ofMillis(1));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(merged::await)
        .withMessageContaining("not complete after PT0.001S");
    input.trigger();
    assertThat(merged.status()).isEqualTo(EventStatus.POISONED);
  }
}
