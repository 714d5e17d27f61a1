package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many subscriptions. What is counted is bytes and calls, never time. */
class BusScaleTest {
  private static final int MILLION = 1_000_000;
  private static final int PATTERNS = 10_000;

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static Topic<Integer> topic(int number) {
    return Topic.of("t." + number % 100 + "." + number, Integer.class);
  }

  @Test
  void subscribe_quarterOfAMillion_eachHearsItsOwnAndAllTakeBoundedMemory() {
    subscribeMany(MILLION / 4);
  }

  @Test
  @Tag("long")
  void subscribe_million_eachHearsItsOwnAndAllTakeBoundedMemory() {
    subscribeMany(MILLION);
  }

  private static void subscribeMany(int count) {
    int topics = count / 5;
    var sum = new AtomicLong();
    Consumer<Integer> adding = payload -> sum.addAndGet(payload);
    long before = usedHeap();
    var bus = Bus.open();
    for (int i = 0; i < count; i++) {
      bus.onPayload(topic(i % topics), adding);
    }
    double bytes = (double) (usedHeap() - before) / count;
    assertThat(bus.stats().subscriptions()).isEqualTo(count);
    for (int i = 0; i < topics; i += 1_000) {
      assertThat(bus.subscriberCount(topic(i))).isEqualTo(count / topics);
      assertThat(bus.publish(topic(i), 1).outcomes()).hasSize(count / topics);
    }
    assertThat(sum).hasValue((long) count / topics * topics / 1_000);
    assertThat(bytes).as("bytes each").isLessThan(1_500);
    bus.close();
    assertThat(bus.stats().subscriptions()).isZero();
    assertThat(usedHeap() - before).as("bytes left, of empty tables").isLessThan(24 << 20);
    Reference.reachabilityFence(bus);
  }

  @Test
  void subscribe_manyLanes_eachHandlesItsOwnInOrder() throws Exception {
    int lanes = 20_000;
    int rounds = 3;
    var wrong = new AtomicLong();
    var heard = new AtomicLong();
    var last = new AtomicIntegerArray(lanes);
    var bus = Bus.open();
    try {
      for (int i = 0; i < lanes; i++) {
        int lane = i;
        bus.subscribe(
            topic(lane),
            m -> {
              if (last.getAndSet(lane, m.payload()) != m.payload() - 1) {
                wrong.incrementAndGet();
              }
              heard.incrementAndGet();
            });
      }
      for (int round = 1; round <= rounds; round++) {
        for (int i = 0; i < lanes; i++) {
          bus.publish(topic(i), round);
        }
      }
      Patience.until("all are handled", () -> heard.get() == (long) rounds * lanes);
      assertThat(wrong).hasValue(0);
    } finally {
      bus.close();
    }
    assertThat(bus.stats().subscriptions()).isZero();
  }

  /** A subscription that counts who asks it: its filter is called for what it matches only. */
  private static final class Probe {
    final Pattern meaning;
    int asked;
    int heard;

    Probe(Bus bus, String pattern) {
      meaning = Names.meaning(pattern);
      bus.subscribe(
          TopicPattern.of(pattern),
          Integer.class,
          m -> heard++,
          s -> s.direct().filter(m -> ++asked > 0));
    }
  }

  @Test
  @Covers("R19")
  void publish_tenThousandPatterns_reachesThoseThatMatchAndTouchesNoOther() {
    var gen = new Gen(19);
    Set<String> patterns = new HashSet<>();
    while (patterns.size() < PATTERNS) {
      patterns.add(pattern(gen));
    }
    try (var bus = Bus.open()) {
      List<Probe> probes = new ArrayList<>();
      patterns.forEach(each -> probes.add(new Probe(bus, each)));
      long matches = 0;
      for (int i = 0; i < 300; i++) {
        String name = name(gen);
        Delivery delivery = bus.publish(Topic.of(name, Integer.class), i);
        int expected = 0;
        for (Probe probe : probes) {
          int due = probe.meaning.matcher(name).matches() ? 1 : 0;
          assertThat(probe.asked).as(name + " at " + probe.meaning).isEqualTo(due);
          assertThat(probe.heard).as(name + " at " + probe.meaning).isEqualTo(due);
          probe.asked = 0;
          probe.heard = 0;
          expected += due;
        }
        assertThat(delivery.matched()).isEqualTo(expected);
        matches += expected;
      }
      assertThat(matches).as("not vacuous, not all").isBetween(300L, 300L * PATTERNS / 10);
    }
  }

  private static String name(Gen gen) {
    return String.join(".", gen.listOf(3, 4, g -> "t" + g.intBetween(0, 9)));
  }

  private static String pattern(Gen gen) {
    String tokens =
        String.join(".", gen.listOf(2, 5, g -> g.chance(0.15) ? "*" : "t" + g.intBetween(0, 9)));
    return gen.chance(0.1) ? tokens + ".>" : tokens;
  }
}
