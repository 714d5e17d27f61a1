package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Registering, removing, timing out and completing at the same time. */
class ListenerRaceTest {

  /** A listener that was either removed or run, never both, never neither. */
  private static final class Once {
    final AtomicInteger runs = new AtomicInteger();
    boolean removed;

    void check() {
      assertThat(runs.get() + (removed ? 1 : 0)).as("runs plus removals").isEqualTo(1);
    }
  }

  @TestFactory
  Stream<DynamicTest> registerAndRemoveWhileCompleting_eachRunsOrIsRemoved() {
    return Property.check(
        "each listener runs or is removed", 150, gen -> registerRemoveComplete(gen));
  }

  private static void registerRemoveComplete(Gen gen) {
    int threads = gen.intBetween(1, 6);
    int each = gen.intBetween(1, 300);
    var listeners = new ArrayList<List<Once>>();
    try (var events = Systems.unhurried()) {
      Event event = events.newEvent();
      try (var workers = new Workers()) {
        var start = new CyclicBarrier(threads + 1);
        for (int t = 0; t < threads; t++) {
          var mine = new ArrayList<Once>();
          listeners.add(mine);
          Gen own = gen.split();
          workers.start(() -> {
            start.await();
            registerAndRemove(event, mine, each, own);
          });
        }
        boolean poisons = gen.chance(0.3);
        int delay = gen.intBetween(0, 2_000);
        workers.start(() -> {
          start.await();
          for (int i = 0; i < delay; i++) {
            Thread.onSpinWait();
          }
          if (poisons) {
            event.poison("race");
          } else {
            event.trigger();
          }
        });
      }
      listeners.forEach(mine -> mine.forEach(Once::check));
      assertThat(events.stats().waiters()).isZero();
    }
  }

  private static void registerAndRemove(Event event, List<Once> mine, int count, Gen gen) {
    record Registered(Once once, Registration registration) {}
    var open = new ArrayList<Registered>();
    for (int i = 0; i < count; i++) {
      var once = new Once();
      mine.add(once);
      open.add(new Registered(once, event.whenComplete(poison -> once.runs.incrementAndGet())));
      if (gen.chance(0.7)) {
        Registered victim = open.remove(gen.intBetween(0, open.size() - 1));
        victim.once.removed = victim.registration.remove();
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> waitWithTimeoutsWhileCompleting_nobodyIsForgotten() {
    return Property.check("no timed wait is forgotten", 40, gen -> timedWaits(gen));
  }

  private static void timedWaits(Gen gen) {
    int threads = gen.intBetween(2, 8);
    try (var events = Systems.unhurried()) {
      var current = new Event[gen.intBetween(1, 40)];
      for (int i = 0; i < current.length; i++) {
        current[i] = events.newEvent();
      }
      try (var workers = new Workers()) {
        for (int t = 0; t < threads; t++) {
          Workers.Kind kind = gen.oneOf(Workers.Kind.values());
          Duration timeout = Duration.ofNanos(gen.intBetween(1, 200_000));
          workers.start(
              kind,
              "timed",
              () -> {
                for (Event event : current) {
                  boolean triggered = false;
                  while (!triggered) {
                    triggered = event.await(timeout);
                  }
                }
              });
        }
        for (Event event : current) {
          for (int i = gen.intBetween(0, 3_000); i > 0; i--) {
            Thread.onSpinWait();
          }
          event.trigger();
        }
      }
      assertThat(events.stats().waiters()).isZero();
    }
  }

  @Test
  void tryTriggerAndTryPoison_manyThreads_exactlyOneWins() throws Exception {
    int rounds = 20_000;
    int threads = 3;
    var wins = new LongAdder();
    try (var events = Systems.unhurried();
        var workers = new Workers()) {
      RawEvents raw = events.raw();
      var handles = new long[rounds];
      for (int i = 0; i < rounds; i++) {
        handles[i] = raw.create();
      }
      var start = new CyclicBarrier(threads);
      for (int t = 0; t < threads; t++) {
        boolean poisons = t == 0;
        workers.start(() -> {
          start.await();
          for (long event : handles) {
            if (poisons ? raw.tryPoison(event, "race") : raw.tryTrigger(event)) {
              wins.increment();
            }
          }
        });
      }
      workers.join();
      assertThat(wins.sum()).isEqualTo(rounds);
      EventStats stats = events.stats();
      assertThat(stats.triggered() + stats.poisoned()).isEqualTo(rounds);
      long poisoned = 0;
      for (long event : handles) {
        poisoned += raw.status(event) == EventStatus.POISONED ? 1 : 0;
      }
      assertThat(poisoned).isEqualTo(stats.poisoned());
    }
  }
}
