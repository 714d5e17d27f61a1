package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Covers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An event completes once, and says so to whoever tries again. */
@ParameterizedClass
@EnumSource(Surface.class)
class CompletionTest {
  private final EventSystem events = EventSystem.create();
  private final Surface surface;

  CompletionTest(Surface surface) {
    this.surface = surface;
  }

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  @Covers("V1")
  void create_anyTime_isPending() {
    Subject event = surface.create(events);
    assertThat(event.status()).isEqualTo(PENDING);
    assertThat(event.status().isComplete()).isFalse();
    assertThat(event.object().poison()).isEmpty();
  }

  @Test
  void create_twice_areDifferentEvents() {
    Subject one = surface.create(events);
    Subject other = surface.create(events);
    assertThat(one.handle()).isNotEqualTo(other.handle());
    one.trigger();
    assertThat(other.status()).isEqualTo(PENDING);
  }

  @Test
  void trigger_pending_isTriggered() {
    Subject event = surface.create(events);
    event.trigger();
    assertThat(event.status()).isEqualTo(TRIGGERED);
    assertThat(event.status().isComplete()).isTrue();
    assertThat(event.object().poison()).isEmpty();
  }

  @Test
  void trigger_twice_throwsNamingTheOutcome() {
    Subject event = surface.create(events);
    event.trigger();
    assertAlreadyCompleted(event, event::trigger, "trigger", TRIGGERED);
  }

  @Test
  void trigger_afterPoison_throwsNamingTheOutcome() {
    Subject event = surface.create(events);
    event.poison("no");
    assertAlreadyCompleted(event, event::trigger, "trigger", POISONED);
    assertThat(event.status()).isEqualTo(POISONED);
  }

  private static void assertAlreadyCompleted(
      Subject event, Runnable call, String attempt, EventStatus outcome) {
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(call::run)
        .withMessage(
            "an event completes once: attempt=%s outcome=%s event=%s",
            attempt, outcome, event.handle())
        .satisfies(e -> assertThat(e.outcome()).isEqualTo(outcome));
  }

  @Test
  void tryTrigger_pending_returnsTrueOnce() {
    Subject event = surface.create(events);
    assertThat(event.tryTrigger()).isTrue();
    assertThat(event.tryTrigger()).isFalse();
    assertThat(event.tryPoison("late")).isFalse();
    assertThat(event.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void tryTrigger_poisoned_returnsFalse() {
    Subject event = surface.create(events);
    event.poison("no");
    assertThat(event.tryTrigger()).isFalse();
    assertThat(event.status()).isEqualTo(POISONED);
  }

  @Test
  @Covers("V6")
  void poison_pending_keepsTheReason() {
    Subject event = surface.create(events);
    event.poison("disk full");
    assertThat(event.status()).isEqualTo(POISONED);
    Poison poison = event.object().poison().orElseThrow();
    assertThat(poison.reason()).isEqualTo("disk full");
    assertThat(poison.origin()).isEqualTo(event.handle());
    assertThat(poison.cause()).isEmpty();
  }

  @Test
  void poison_poisoned_changesNothing() {
    Subject event = surface.create(events);
    event.poison("first");
    event.poison("second");
    assertThat(event.object().poison().orElseThrow().reason()).isEqualTo("first");
  }

  @Test
  void poison_triggered_throwsNamingTheOutcome() {
    Subject event = surface.create(events);
    event.trigger();
    assertAlreadyCompleted(event, () -> event.poison("late"), "poison", TRIGGERED);
    assertThat(event.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void tryPoison_pending_returnsTrueOnce() {
    Subject event = surface.create(events);
    assertThat(event.tryPoison("first")).isTrue();
    assertThat(event.tryPoison("second")).isFalse();
    assertThat(event.object().poison().orElseThrow().reason()).isEqualTo("first");
  }

  @Test
  void poison_withoutReason_throwsAndLeavesTheEvent() {
    Subject event = surface.create(events);
    assertThatNullPointerException().isThrownBy(() -> event.poison(null)).withMessage("reason");
    assertThatNullPointerException().isThrownBy(() -> event.tryPoison(null)).withMessage("reason");
    assertThat(event.status()).isEqualTo(PENDING);
  }

  @Test
  void stats_afterCompletions_countThem() {
    surface.create(events).trigger();
    surface.create(events).poison("no");
    surface.create(events);
    EventStats stats = events.stats();
    assertThat(stats.created()).isEqualTo(3);
    assertThat(stats.triggered()).isEqualTo(1);
    assertThat(stats.poisoned()).isEqualTo(1);
    assertThat(stats.pending()).isEqualTo(1);
  }
}
