package dev.carillon.event;

import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Memory of poison is bounded, and what is forgotten never turns into success. */
class PoisonMemoryTest {
  private static final String FORGOTTEN =
      "poisoned; the reason is no longer kept (maxPoisonRecords)";

  private static List<Event> poisonInOneSlot(EventSystem events, int count) {
    var poisoned = new ArrayList<Event>();
    for (int i = 0; i < count; i++) {
      Event event = events.newEvent("e" + i);
      event.poison(new IllegalStateException("number " + i));
      poisoned.add(event);
    }
    return poisoned;
  }

  @Test
  void poison_newestEightOfASlot_areKeptWhole() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(1))) {
      List<Event> poisoned = poisonInOneSlot(events, 100);
      for (int i = 0; i < 100; i++) {
        Poison poison = poisoned.get(i).poison().orElseThrow();
        assertThat(poison.origin()).isEqualTo(poisoned.get(i).handle());
        assertThat(poison.reason()).isEqualTo("java.lang.IllegalStateException: number " + i);
        assertThat(poison.cause().isPresent()).isEqualTo(i >= 92);
        assertThat(poison.name().isPresent()).isEqualTo(i >= 92);
      }
    }
  }

  @Test
  void await_olderPoison_stillThrowsWithTheReason() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(1))) {
      Event oldest = poisonInOneSlot(events, 50).getFirst();
      assertThatExceptionOfType(PoisonedException.class)
          .isThrownBy(oldest::await)
          .withMessage("%s: java.lang.IllegalStateException: number 0", oldest.handle());
    }
  }

  @Test
  @Covers("V14")
  void maxPoisonRecords_exceeded_forgetsTheOldestReasonsOnly() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(1).withMaxPoisonRecords(50))) {
      List<Event> poisoned = poisonInOneSlot(events, 1_000);
      assertThat(poisoned).allMatch(e -> e.status() == POISONED);
      assertThat(poisoned.getFirst().poison().orElseThrow().reason()).isEqualTo(FORGOTTEN);
      assertThat(poisoned.getLast().poison().orElseThrow().reason()).endsWith("number 999");
      long kept =
          poisoned.stream()
              .filter(e -> !e.poison().orElseThrow().reason().equals(FORGOTTEN))
              .count();
      assertThat(kept).isBetween(50L, 58L);
      assertThat(events.stats().poisonRecords()).isBetween(50L, 58L);
    }
  }

  @Test
  void maxPoisonRecords_manySlots_forgetsTheOldestOfAll() {
    try (var events = EventSystem.create(c -> c.withMaxPoisonRecords(100))) {
      var poisoned = new ArrayList<Event>();
      for (int i = 0; i < 5_000; i++) {
        poisoned.add(events.newEvent());
      }
      poisoned.forEach(e -> e.poison("no"));
      assertThat(poisoned).allMatch(e -> e.status() == POISONED);
      assertThat(poisoned.getLast().poison().orElseThrow().reason()).isEqualTo("no");
      Event merged = events.merge(poisoned);
      assertThat(merged.status()).isEqualTo(POISONED);
      assertThat(merged.poison().orElseThrow().reason()).isEqualTo("5 000 of 5 000 inputs failed");
    }
  }

  @Test
  void poison_sameReasonAgainAndAgain_isKeptOnce() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(1))) {
      RawEvents raw = events.raw();
      var handles = new ArrayList<Long>();
      for (int i = 0; i < 1_000; i++) {
        long event = raw.create();
        raw.poison(event, new StringBuilder("the same").toString());
        handles.add(event);
      }
      String first = raw.event(handles.get(0)).poison().orElseThrow().reason();
      String later = raw.event(handles.get(500)).poison().orElseThrow().reason();
      assertThat(later).isSameAs(first);
    }
  }

  @TestFactory
  @Covers("V14")
  Stream<DynamicTest> status_randomOutcomesAndBounds_isNeverForgotten() {
    return Property.check(
        "outcomes are never forgotten",
        60,
        gen -> {
          int slots = gen.oneOf(1, 2, 5);
          int records = gen.oneOf(0, 1, 7, 100);
          double poison = gen.oneOf(0.05, 0.5, 0.95);
          try (var events =
              EventSystem.create(c -> c.withMaxEvents(slots).withMaxPoisonRecords(records))) {
            RawEvents raw = events.raw();
            var outcomes = new LinkedHashMap<Long, EventStatus>();
            for (int i = 0; i < 2_000; i++) {
              long event = raw.create();
              boolean fails = gen.chance(poison);
              if (fails) {
                raw.poison(event, "number " + i);
              } else {
                raw.trigger(event);
              }
              outcomes.put(event, fails ? POISONED : TRIGGERED);
              long asked = gen.chance(0.2) ? gen.oneOf(List.copyOf(outcomes.keySet())) : event;
              assertThat(raw.status(asked)).isEqualTo(outcomes.get(asked));
            }
            outcomes.forEach((event, was) -> assertThat(raw.status(event)).isEqualTo(was));
          }
        });
  }
}
