package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tree of poison: shared, bounded, and readable at any size. */
class PoisonTreeTest {
  private final EventSystem events = Systems.unhurried();

  @AfterEach
  void close() {
    events.close();
  }

  private List<Event> create(int count) {
    return IntStream.range(0, count).mapToObj(i -> events.newEvent("e" + i)).toList();
  }

  private static Poison poisonOf(Event event) {
    return event.poison().orElseThrow();
  }

  @Test
  void message_oneOfThree_countsAndNamesTheRoot() {
    List<Event> inputs = create(3);
    Event merged = events.merge(inputs);
    inputs.get(0).trigger();
    inputs.get(1).trigger();
    inputs.get(2).poison("disk full");
    assertThat(poisonOf(merged).message())
        .isEqualTo(
            merged.handle()
                + ": 1 of 3 inputs failed:\n  e2 ["
                + inputs.get(2).handle()
                + "]: disk full");
    assertThat(poisonOf(merged)).hasToString(poisonOf(merged).message());
  }

  @Test
  @Covers("V7")
  void message_twoOfTenThousand_namesBoth() {
    List<Event> inputs = create(10_000);
    Event merged = events.merge(inputs);
    for (int i = 0; i < inputs.size(); i++) {
      if (i == 17 || i == 9_000) {
        inputs.get(i).poison("disk full");
      } else {
        inputs.get(i).trigger();
      }
    }
    assertThat(poisonOf(merged).message().lines())
        .hasSize(3)
        .anyMatch(line -> line.endsWith("2 of 10 000 inputs failed:"))
        .anyMatch(line -> line.startsWith("  e17 ["))
        .anyMatch(line -> line.startsWith("  e9000 ["));
  }

  @Test
  @Covers("V7")
  void merge_tenThousandPoisoned_keeps64CausesAndCountsTheRest() {
    List<Event> inputs = create(10_000);
    Event merged = events.merge(inputs);
    inputs.reversed().forEach(e -> e.poison("no"));
    Poison poison = poisonOf(merged);
    assertThat(poison.failedInputs()).isEqualTo(10_000);
    assertThat(poison.inputs()).isEqualTo(10_000);
    assertThat(poison.causes())
        .hasSize(Poison.MAX_CAUSES)
        .hasSize(64)
        .isEqualTo(inputs.subList(0, 64).stream().map(PoisonTreeTest::poisonOf).toList());
    assertThat(poison.rootCauses()).hasSize(64);
    assertThat(poison.message().lines()).hasSize(66).last().asString().isEqualTo("  and 9936 more");
  }

  @Test
  void merge_chainOf1000_keeps16HopsAndCountsTheRest() {
    Event source = events.newEvent("source");
    Event end = source;
    for (int i = 0; i < 1_000; i++) {
      end = events.merge(end);
    }
    source.poison("disk full");
    Poison poison = poisonOf(end);
    assertThat(poison.path()).hasSize(Poison.MAX_HOPS + 1).hasSize(17);
    assertThat(poison.path().getFirst().origin()).isEqualTo(end.handle());
    assertThat(poison.path().getLast()).isSameAs(poisonOf(source));
    assertThat(poison.cutHops()).isEqualTo(1_000 - 16);
    assertThat(poison.rootCauses()).containsExactly(poisonOf(source));
    assertThat(poison.message().lines()).hasSize(2);
  }

  @Test
  void merge_chainOf16_cutsNothing() {
    Event source = events.newEvent();
    Event end = source;
    for (int i = 0; i < 16; i++) {
      end = events.merge(end);
    }
    source.poison("disk full");
    assertThat(poisonOf(end).cutHops()).isZero();
    assertThat(poisonOf(end).path()).hasSize(17);
  }

  @Test
  void merge_diamondsOfDepth60_shareTheirStructure() {
    Event source = events.newEvent("source");
    Event end = source;
    for (int i = 0; i < 60; i++) { // 2^60 ways from the end to the source
      end = events.merge(events.merge(end), events.merge(end));
    }
    source.poison("disk full");
    Poison poison = poisonOf(end);
    assertThat(poison.rootCauses()).containsExactly(poisonOf(source));
    assertThat(poison.message().lines()).hasSize(2).last().asString().endsWith("disk full");
    assertThat(poison.path().getLast()).isSameAs(poisonOf(source));
  }

  @Test
  void merge_layeredMergesOfManyRoots_stayBounded() {
    List<Event> layer = create(100);
    List<Event> roots = layer;
    for (int depth = 0; depth < 40; depth++) {
      var next = new ArrayList<Event>();
      for (int i = 0; i < 20; i++) {
        next.add(events.merge(layer));
      }
      layer = next;
    }
    Event end = events.merge(layer);
    roots.forEach(e -> e.poison("no"));
    Poison poison = poisonOf(end);
    assertThat(poison.causes()).hasSizeLessThanOrEqualTo(64);
    assertThat(poison.rootCauses()).hasSizeBetween(1, 64).allMatch(p -> p.reason().equals("no"));
    assertThat(poison.cutHops()).isEqualTo(41 - 16);
    assertThat(poison.message()).hasSizeLessThan(10_000);
  }

  @Test
  void of_madeByHand_saysWhatItWasGiven() {
    var origin = new EventHandle(1, 2, 3);
    Instant time = Instant.parse("2026-11-21T05:00:00Z");
    Poison poison = Poison.of(origin, "load", "disk full", null, time);
    assertThat(poison.message()).isEqualTo("load [evt:0000000000000001/2@3]: disk full");
    assertThat(poison.time()).isEqualTo(time);
    assertThat(poison.inputs()).isZero();
    assertThat(poison.failedInputs()).isZero();
    assertThat(poison.rootCauses()).containsExactly(poison);
    assertThat(poison.path()).containsExactly(poison);
    Poison thrown = Poison.of(origin, null, "load failed", new IllegalStateException("x"), time);
    assertThat(thrown.message())
        .isEqualTo("evt:0000000000000001/2@3: load failed (java.lang.IllegalStateException: x)");
    Poison silent = Poison.of(origin, null, "load failed", new IllegalStateException(), time);
    assertThat(silent.message()).endsWith("(java.lang.IllegalStateException)");
  }
}
