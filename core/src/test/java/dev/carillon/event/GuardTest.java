package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A guard, on every path out of its block. */
class GuardTest {
  private static final String DROPPED = "dropped without being triggered";

  private final EventSystem events = EventSystem.create();
  private Event event;

  @AfterEach
  void close() {
    events.close();
  }

  private void assertPoisoned(String reason) {
    assertThat(event.poison().orElseThrow().reason()).isEqualTo(reason);
  }

  @Test
  @Covers("V8")
  void close_withoutTrigger_poisons() {
    try (var guard = events.guard("load")) {
      event = guard.event();
      assertThat(event.name()).contains("load");
      assertThat(event.status()).isEqualTo(PENDING);
    }
    assertPoisoned(DROPPED);
  }

  @Test
  @Covers("V8")
  void close_earlyReturn_poisons() {
    returnsEarly(true);
    assertPoisoned(DROPPED);
    returnsEarly(false);
    assertThat(event.status()).isEqualTo(TRIGGERED);
  }

  private void returnsEarly(boolean early) {
    try (var guard = events.guard()) {
      event = guard.event();
      if (early) {
        return;
      }
      guard.trigger();
    }
  }

  @Test
  @Covers("V8")
  void close_bodyThrows_poisonsAndThrowsOn() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> {
          try (var guard = events.guard()) {
            event = guard.event();
            throw new IOException("no route");
          }
        })
        .withNoCause()
        .satisfies(e -> assertThat(e.getSuppressed()).isEmpty());
    assertPoisoned(DROPPED);
  }

  @Test
  @Covers("V9")
  void close_afterTrigger_doesNothing() {
    try (var guard = events.guard()) {
      event = guard.event();
      guard.trigger();
    }
    assertThat(event.status()).isEqualTo(TRIGGERED);
    assertThat(event.poison()).isEmpty();
  }

  @Test
  @Covers("V9")
  void close_afterTriggerOfTheEvent_doesNothing() {
    try (var guard = events.guard()) {
      event = guard.event();
      event.trigger();
    }
    assertThat(event.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void close_afterPoison_keepsThatReason() {
    try (var guard = events.guard()) {
      event = guard.event();
      guard.poison("disk full");
    }
    assertPoisoned("disk full");
  }

  @Test
  void close_twice_isIdempotent() {
    EventGuard guard = events.guard();
    event = guard.event();
    guard.close();
    guard.close();
    assertPoisoned(DROPPED);
  }

  @Test
  void close_onAnotherThread_poisons() {
    EventGuard guard = events.guard();
    event = guard.event();
    try (var workers = new Workers()) {
      workers.start(guard::close);
    }
    assertPoisoned(DROPPED);
  }

  @Test
  void trigger_complete_throws() {
    EventGuard guard = events.guard();
    event = guard.event();
    event.poison("first");
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(guard::trigger)
        .withMessageContaining("outcome=POISONED");
    guard.close();
    assertPoisoned("first");
  }

  @Test
  @Covers("V9")
  void run_bodyReturns_triggers() {
    try (var guard = events.guard()) {
      event = guard.event();
      guard.run(() -> assertThat(event.status()).isEqualTo(PENDING));
      assertThat(event.status()).isEqualTo(TRIGGERED);
    }
  }

  @Test
  @Covers("V8")
  void run_bodyThrows_poisonsWithTheCauseAndThrowsOn() {
    var thrown = new IOException("no route");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> {
          try (var guard = events.guard("load")) {
            event = guard.event();
            guard.run(() -> {
              throw thrown;
            });
          }
        })
        .isSameAs(thrown);
    assertPoisoned("java.io.IOException: no route");
    assertThat(event.poison().orElseThrow().cause().orElseThrow().message()).isEqualTo("no route");
  }

  @Test
  @Covers("V8")
  void run_bodyThrowsAnError_poisonsAndThrowsOn() {
    EventGuard guard = events.guard();
    event = guard.event();
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(() ->
            guard.run(() -> {
              throw new StackOverflowError("made up");
            }));
    assertPoisoned("java.lang.StackOverflowError: made up");
  }

  @Test
  void run_bodyPoisonsTheEvent_throws() {
    EventGuard guard = events.guard();
    event = guard.event();
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> guard.run(() -> event.poison("inside")));
    assertPoisoned("inside");
  }

  @Test
  void release_close_leavesTheEvent() {
    try (var guard = events.guard("load")) {
      event = guard.release();
      assertThat(event).isEqualTo(guard.event());
    }
    assertThat(event.status()).isEqualTo(PENDING);
    event.trigger();
  }

  @Test
  void guard_ofAnExistingEvent_poisonsIt() {
    event = events.newEvent("load");
    try (var guard = event.guard()) {
      assertThat(guard.event()).isSameAs(event);
      assertThat(events.explain(event).guardedBy().orElseThrow())
          .contains(Thread.currentThread().getName());
    }
    assertPoisoned(DROPPED);
  }

  @Test
  void guard_ofACompleteEvent_doesNothing() {
    event = events.newEvent();
    event.trigger();
    try (var guard = event.guard()) {
      assertThat(guard.event()).isSameAs(event);
    }
    assertThat(event.status()).isEqualTo(TRIGGERED);
  }

  @Test
  void toString_namesTheEvent() {
    EventGuard guard = events.guard("load");
    assertThat(guard).asString().startsWith("guard of load [evt:");
    guard.close();
  }
}
