package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Covers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only the object surface has: names, throwables as reasons, equality. */
class EventObjectTest {
  private final EventSystem events = EventSystem.create(c -> c.withName("test"));

  @AfterEach
  void close() {
    events.close();
  }

  @Test
  void name_whilePending_isKnown() {
    assertThat(events.newEvent("load").name()).contains("load");
    assertThat(events.newEvent().name()).isEmpty();
  }

  @Test
  void newEvent_withoutName_throws() {
    assertThatNullPointerException().isThrownBy(() -> events.newEvent(null)).withMessage("name");
  }

  @Test
  void toString_namedEvent_showsNameHandleAndStatus() {
    Event event = events.newEvent("load");
    assertThat(event).hasToString("load [" + event.handle() + "] PENDING");
    event.trigger();
    assertThat(event).hasToString(event.handle() + " TRIGGERED");
  }

  @Test
  void equals_sameEvent_isEqual() {
    Event event = events.newEvent();
    Event again = events.event(event.handle());
    assertThat(again).isEqualTo(event).hasSameHashCodeAs(event);
    assertThat(events.newEvent()).isNotEqualTo(event);
    assertThat(event).isNotEqualTo("evt");
  }

  @Test
  void equals_sameHandlePartsInAnotherSystem_isDifferent() {
    try (var others = EventSystem.create(c -> c.withOwner(events.owner()))) {
      assertThat(others.newEvent()).isNotEqualTo(events.newEvent());
    }
  }

  @Test
  @Covers("V6")
  void poison_withThrowable_keepsASummaryOfIt() {
    Event event = events.newEvent("load");
    Instant before = Instant.now();
    event.poison(new IOException("no route"));
    Poison poison = event.poison().orElseThrow();
    assertThat(poison.reason()).isEqualTo("java.io.IOException: no route");
    assertThat(poison.name()).contains("load");
    assertThat(poison.time()).isBetween(before, Instant.now());
    Poison.Cause cause = poison.cause().orElseThrow();
    assertThat(cause.className()).isEqualTo("java.io.IOException");
    assertThat(cause.message()).isEqualTo("no route");
    assertThat(cause.frames().getFirst().getMethodName())
        .isEqualTo("poison_withThrowable_keepsASummaryOfIt");
  }

  @Test
  void poison_withThrowableOfManyFrames_keepsTheInnermost32() {
    Event event = events.newEvent();
    event.poison(thrownFromDepth(100));
    Poison.Cause cause = event.poison().orElseThrow().cause().orElseThrow();
    assertThat(cause.frames()).hasSize(Poison.Cause.MAX_FRAMES).hasSize(32);
    assertThat(cause.frames().getFirst().getMethodName()).isEqualTo("thrownFromDepth");
  }

  private static IOException thrownFromDepth(int depth) {
    return depth == 0 ? new IOException("deep") : thrownFromDepth(depth - 1);
  }

  @Test
  void poison_withThrowable_followsTheSameRules() {
    Event triggered = events.newEvent();
    triggered.trigger();
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> triggered.poison(new IOException("late")))
        .withMessageContaining("attempt=poison outcome=TRIGGERED");
    assertThat(triggered.tryPoison(new IOException("late"))).isFalse();
    Event poisoned = events.newEvent();
    assertThat(poisoned.tryPoison(new IOException("first"))).isTrue();
    poisoned.poison(new IOException("second"));
    assertThat(poisoned.poison().orElseThrow().reason()).endsWith("first");
  }

  @Test
  void poison_withPoisonFromElsewhere_keepsItsOrigin() {
    Event failed = events.newEvent("disk");
    failed.poison("disk full");
    Poison poison = failed.poison().orElseThrow();
    Event event = events.newEvent("load");
    event.poison(poison);
    event.poison(poison);
    assertThat(event.poison()).contains(poison);
    assertThat(event.tryPoison(poison)).isFalse();
    assertThat(events.newEvent().tryPoison(poison)).isTrue();
    Event triggered = events.newEvent();
    triggered.trigger();
    assertThatExceptionOfType(AlreadyCompletedException.class)
        .isThrownBy(() -> triggered.poison(poison))
        .withMessageContaining("attempt=poison outcome=TRIGGERED");
    assertThatNullPointerException().isThrownBy(() -> event.tryPoison((Poison) null));
  }

  @Test
  void poison_withNullThrowable_throws() {
    Event event = events.newEvent();
    assertThatNullPointerException()
        .isThrownBy(() -> event.poison((Throwable) null))
        .withMessage("cause");
    assertThatNullPointerException()
        .isThrownBy(() -> event.tryPoison((Throwable) null))
        .withMessage("cause");
    assertThat(event.status()).isEqualTo(EventStatus.PENDING);
  }

  @Test
  void poisonedException_forThrowable_showsItAsCause() {
    Event event = events.newEvent("load");
    event.poison(new IOException("no route"));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> event.await(Duration.ZERO))
        .withMessage("load [%s]: java.io.IOException: no route", event.handle())
        .satisfies(e -> assertThat(e.poison()).isEqualTo(event.poison().orElseThrow()))
        .havingCause()
        .withMessage("java.io.IOException: no route")
        .satisfies(cause ->
            assertThat(cause.getStackTrace()[0].getMethodName())
                .isEqualTo("poisonedException_forThrowable_showsItAsCause"));
  }

  @Test
  void event_ofHandle_isTheSameEvent() {
    Event event = events.newEvent();
    events.event(EventHandle.parse(event.handle().toString())).trigger();
    assertThat(event.status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void raw_ofHandleAndBack_isTheSameEvent() {
    RawEvents raw = events.raw();
    long event = raw.create();
    assertThat(raw.raw(raw.handle(event))).isEqualTo(event).isNotZero();
    raw.event(event).trigger();
    assertThat(raw.status(event)).isEqualTo(EventStatus.TRIGGERED);
  }
}
