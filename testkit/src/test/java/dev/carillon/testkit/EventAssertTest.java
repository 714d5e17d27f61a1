package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Assertions hold when they should, and say what is wrong when they do not. */
class EventAssertTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final EventSystem events = EventSystem.create();
  private final Event pending = events.newEvent("load");
  private final Event triggered = events.newEvent("load");
  private final Event poisoned = events.newEvent("load");
  private final Event merged = events.merge(poisoned, triggered);

  EventAssertTest() {
    triggered.trigger();
    poisoned.poison("disk full");
  }

  @AfterEach
  void close() {
    events.close();
  }

  private static void assertFails(Runnable assertion, String... parts) {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(assertion::run)
        .satisfies(e -> org.assertj.core.api.Assertions.assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void status_asExpected_holds() {
    assertThat(pending).isPending().hasName("load");
    assertThat(triggered).isTriggered().isComplete();
    assertThat(poisoned).isPoisoned().isComplete().isPoisonedWith("disk full");
    assertThat(merged).isPoisoned().hasRootCauses("disk full");
  }

  @Test
  void status_otherThanExpected_failsSayingBoth() {
    assertFails(() -> assertThat(triggered).isPending(), "to be PENDING but it is TRIGGERED");
    assertFails(() -> assertThat(pending).isTriggered(), "to be TRIGGERED but it is PENDING");
    assertFails(
        () -> assertThat(poisoned).isTriggered(),
        "to be TRIGGERED but it is POISONED",
        "disk full");
    assertFails(() -> assertThat(triggered).isPoisoned(), "to be POISONED but it is TRIGGERED");
    assertFails(() -> assertThat(pending).isComplete(), "to be complete but it is pending");
  }

  @Test
  void poison_otherThanExpected_failsSayingBoth() {
    assertFails(
        () -> assertThat(poisoned).isPoisonedWith("x"), "with <x> but it is with <disk full>");
    assertFails(() -> assertThat(pending).isPoisonedWith("x"), "to be POISONED but it is PENDING");
    assertFails(
        () -> assertThat(merged).hasRootCauses("x", "y"), "[x, y] but they are [disk full]");
  }

  @Test
  void name_otherThanExpected_fails() {
    assertFails(() -> assertThat(pending).hasName("x"), "to have the name <x>");
  }

  @Test
  void within_completeInTime_holds() {
    assertThat(events.after(SHORT)).isTriggeredWithin(Duration.ofMinutes(1));
    assertThat(pending.orPoisonAfter(SHORT)).isPoisonedWithin(Duration.ofMinutes(1));
  }

  @Test
  void within_notInTimeOrOtherwise_fails() {
    assertFails(() -> assertThat(pending).isTriggeredWithin(SHORT), "complete within PT0.001S");
    assertFails(() -> assertThat(poisoned).isTriggeredWithin(SHORT), "but it is POISONED");
    assertFails(() -> assertThat(triggered).isPoisonedWithin(SHORT), "but it is TRIGGERED");
  }

  @Test
  void within_interrupted_failsAndKeepsTheFlag() {
    Thread.currentThread().interrupt();
    assertFails(() -> assertThat(pending).isTriggeredWithin(SHORT), "Interrupted while waiting");
    org.assertj.core.api.Assertions.assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void as_description_isShown() {
    assertFails(() -> assertThat(pending).as("the answer").isTriggered(), "[the answer]");
  }
}
