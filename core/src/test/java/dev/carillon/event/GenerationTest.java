package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Slots are used again and again, and in the end no more; handles stay right all the while. */
class GenerationTest {

  @Test
  @Covers("V14")
  void status_staleHandles_answerForEver() throws Exception {
    try (var events = EventSystem.create()) {
      var outcomes = new LinkedHashMap<EventHandle, EventStatus>();
      for (int i = 0; i < 10_000; i++) {
        Event event = events.newEvent();
        if (i % 7 == 0) {
          event.poison("number " + i);
        } else {
          event.trigger();
        }
        outcomes.put(event.handle(), event.status());
      }
      assertThat(outcomes).hasSize(10_000);
      assertThat(events.stats().slots()).as("slots were used again").isLessThan(1_000);
      for (var known : outcomes.entrySet()) {
        assertStale(events.event(known.getKey()), known.getValue());
      }
    }
  }

  private static void assertStale(Event event, EventStatus outcome) throws Exception {
    assertThat(event.status()).isEqualTo(outcome);
    assertThat(event.tryTrigger()).isFalse();
    assertThat(event.tryPoison("late")).isFalse();
    assertThatExceptionOfType(AlreadyCompletedException.class).isThrownBy(event::trigger);
    var told = new ArrayList<EventStatus>();
    event.whenComplete(poison -> told.add(poison == null ? TRIGGERED : POISONED));
    assertThat(told).containsExactly(outcome);
    if (outcome == TRIGGERED) {
      event.await();
      assertThat(event.poison()).isEmpty();
    } else {
      assertThatExceptionOfType(PoisonedException.class).isThrownBy(event::await);
    }
  }

  @Test
  @Covers("V14")
  void create_twoGenerationBits_givesThreeEventsASlotThenRetiresIt() {
    try (var events = EventSystem.create(c -> c.withGenerationBits(2).withMaxEvents(4))) {
      var outcomes = new LinkedHashMap<EventHandle, EventStatus>();
      for (int i = 0; i < 12; i++) {
        Event event = events.newEvent();
        if (i % 2 == 0) {
          event.trigger();
        } else {
          event.poison("number " + i);
        }
        outcomes.put(event.handle(), event.status());
      }
      assertThat(outcomes.keySet()).hasSize(12).allMatch(h -> h.generation() <= 3);
      EventStats stats = events.stats();
      assertThat(stats.retired()).isEqualTo(4);
      assertThat(stats.slots()).isEqualTo(4);
      assertThat(stats.pending()).isZero();
      assertThatExceptionOfType(EventLimitException.class)
          .isThrownBy(events::newEvent)
          .withMessage("no more events may be pending or retired in system events: maxEvents=4");
      outcomes.forEach((handle, was) -> assertThat(events.event(handle).status()).isEqualTo(was));
    }
  }

  @Test
  void create_slotsRetire_takesFreshOnes() {
    try (var events = EventSystem.create(c -> c.withGenerationBits(2))) {
      Set<EventHandle> handles = ConcurrentHashMap.newKeySet();
      for (int i = 0; i < 30_000; i++) {
        Event event = events.newEvent();
        handles.add(event.handle());
        event.trigger();
      }
      assertThat(handles).hasSize(30_000);
      assertThat(events.stats().retired()).isBetween(9_000L, 10_000L);
    }
  }

  @Test
  void lastGeneration_everyOperation_works() throws Exception {
    try (var events = EventSystem.create(c -> c.withGenerationBits(2).withMaxEvents(8))) {
      List<Event> last = lastOfEachSlot(events, 8);
      Event merged = last.get(7);
      assertThat(merged.handle().generation()).isEqualTo(3);
      var heard = new ArrayList<Integer>();
      for (int i = 0; i < last.size(); i++) {
        int number = i;
        Registration removed = last.get(i).whenComplete(poison -> heard.add(-1));
        last.get(i).whenComplete(poison -> heard.add(number));
        assertThat(removed.remove()).isTrue();
      }
      last.get(0).poison("no");
      for (Event event : last.subList(1, 8)) {
        event.tryTrigger();
        event.await(Duration.ZERO);
      }
      assertThat(heard).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(events.stats().retired()).isEqualTo(8);
      assertThat(last.get(0).poison().orElseThrow().reason()).isEqualTo("no");
    }
  }

  /** {@return pending events, each the last that its slot can have} */
  private static List<Event> lastOfEachSlot(EventSystem events, int slots) {
    List<Event> created = new ArrayList<>();
    for (int generation = 1; generation <= 3; generation++) {
      created.forEach(Event::trigger);
      created.clear();
      for (int i = 0; i < slots; i++) {
        created.add(events.newEvent());
      }
    }
    return created;
  }

  @Test
  void lastGeneration_mergeCompletedEarly_retiresForGood() {
    try (var events = EventSystem.create(c -> c.withGenerationBits(2).withMaxEvents(2))) {
      List<Event> second = new ArrayList<>();
      for (int generation = 1; generation <= 2; generation++) {
        second = List.of(events.newEvent(), events.newEvent());
        second.forEach(Event::trigger);
      }
      Event input = events.newEvent();
      Event merged = events.merge(input);
      assertThat(merged.handle().generation()).isEqualTo(3);
      merged.trigger();
      input.trigger();
      assertThat(events.stats().retired()).isEqualTo(2);
      assertThatExceptionOfType(EventLimitException.class).isThrownBy(events::newEvent);
      assertThat(merged.status()).isEqualTo(TRIGGERED);
    }
  }

  @Test
  void lastGeneration_shutdown_poisons() {
    try (var events = EventSystem.create(c -> c.withGenerationBits(2).withMaxEvents(3))) {
      List<Event> last = lastOfEachSlot(events, 3);
      events.shutdown("over");
      assertThat(last).allMatch(e -> e.status() == POISONED);
    }
  }

  @Test
  void create_manyGenerationsOfOneSlot_areNumberedInOrder() {
    try (var events = EventSystem.create(c -> c.withGenerationBits(20).withMaxEvents(1))) {
      assertNumberedUpTo(events.raw(), (1 << 20) - 1);
      assertThatExceptionOfType(EventLimitException.class).isThrownBy(events::newEvent);
    }
  }

  @Test
  @Tag("long")
  void create_generationsPastTheSignBoundary_areUnsigned() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(1))) {
      assertNumberedUpTo(events.raw(), (1L << 31) + 10);
      RawEvents raw = events.raw();
      assertThat(raw.status(1)).isEqualTo(TRIGGERED);
      assertThat(raw.status(1L << 31)).isEqualTo(TRIGGERED);
      assertThatExceptionOfType(InvalidHandleException.class)
          .isThrownBy(() -> raw.status((1L << 31) + 11));
    }
  }

  private static void assertNumberedUpTo(RawEvents raw, long last) {
    for (long generation = 1; generation <= last; generation++) {
      long event = raw.create();
      if (event != generation) {
        throw new AssertionError("generation " + generation + " was " + event);
      }
      raw.trigger(event);
    }
  }

  @Test
  void maxEvents_small_isExact() {
    try (var events = EventSystem.create(c -> c.withName("small").withMaxEvents(10))) {
      List<Event> pending = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        pending.add(events.newEvent());
      }
      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(EventLimitException.class)
            .isThrownBy(events::newEvent)
            .withMessage("no more events may be pending or retired in system small: maxEvents=10");
        assertThatExceptionOfType(EventLimitException.class)
            .isThrownBy(() -> events.merge(pending));
      }
      pending.get(4).trigger();
      Event again = events.newEvent();
      assertThatExceptionOfType(EventLimitException.class).isThrownBy(events::newEvent);
      assertThat(again.status()).isEqualTo(PENDING);
      assertThat(events.stats().pending()).isEqualTo(10);
    }
  }

  @Test
  void maxEvents_slotsFreedByOtherThreads_areNotKeptBack() {
    try (var events = EventSystem.create(c -> c.withMaxEvents(100))) {
      for (int round = 0; round < 20; round++) {
        for (Workers.Kind kind : Workers.Kind.values()) {
          List<Event> pending = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            pending.add(events.newEvent());
          }
          try (var workers = new Workers()) {
            workers.start(kind, "other", () -> pending.forEach(Event::trigger));
          }
        }
      }
      assertThat(events.stats().created()).isEqualTo(4_000);
    }
  }
}
