package dev.carillon.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The wheel against a sorted list. */
class TimersPropertyTest {

  /** What a timer is to the model: its tick, and its place in the order of adding. */
  private record Planned(long tick, int number) {}

  /** A wheel, and the obvious list of the same timers. */
  private static final class Both {
    final ManualClock clock;
    final Timers timers;
    final long origin;
    final List<Integer> ran = new ArrayList<>();
    final List<Planned> planned = new ArrayList<>();
    final List<Timer> handles = new ArrayList<>();

    Both(Gen gen) {
      origin = gen.oneOf(0L, 7L, -1L, Long.MAX_VALUE - 5, gen.anyLong());
      clock = new ManualClock(origin);
      timers = Timers.on(clock, "test");
    }

    void add(Duration delay, boolean at) {
      int number = handles.size();
      long due = clock.nanos() - origin + delay.toNanos();
      planned.add(new Planned(Math.ceilDiv(due, Timers.TICK_NANOS), number));
      long deadline = clock.nanos() + delay.toNanos();
      Runnable task =
          () -> {
            assertThat(clock.nanos() - deadline).as("not early").isNotNegative();
            ran.add(number);
          };
      handles.add(at ? timers.scheduleAt(deadline, task) : timers.schedule(delay, task));
      assertThat(handles.getLast().deadline()).isEqualTo(deadline);
    }

    void cancel(int number) {
      boolean pending = planned.removeIf(p -> p.number == number);
      assertThat(handles.get(number).cancel()).isEqualTo(pending);
    }

    void advance(Duration by) {
      ran.clear();
      clock.advance(by);
      long now = (clock.nanos() - origin) / Timers.TICK_NANOS;
      List<Planned> due =
          planned.stream()
              .filter(p -> p.tick <= now)
              .sorted(Comparator.comparingLong(Planned::tick))
              .toList();
      assertThat(ran).isEqualTo(due.stream().map(Planned::number).toList());
      planned.removeAll(due);
      assertThat(timers.pending()).isEqualTo(planned.size());
    }
  }

  /** {@return a duration over zero: what is due at once may run in this tick or in the next} */
  private static Duration anyDuration(Gen gen) {
    long millis =
        switch (gen.intBetween(0, 5)) {
          case 0 -> gen.intBetween(0, 3);
          case 1 -> gen.intBetween(0, 200);
          case 2 -> gen.oneOf(63, 64, 65, 4_095, 4_096, 4_097, 262_143, 262_144);
          case 3 -> gen.intBetween(0, 100_000);
          case 4 -> gen.longBetween(0, Duration.ofDays(3).toMillis());
          default -> gen.longBetween(0, Duration.ofDays(5_000).toMillis());
        };
    long nanos = gen.chance(0.5) ? gen.intBetween(-999_999, 0) : 0;
    return Duration.ofNanos(Math.max(1, millis * 1_000_000 + nanos));
  }

  @TestFactory
  Stream<DynamicTest> timers_addCancelAdvance_runLikeASortedList() {
    return Property.check(
        "the wheel runs like a sorted list",
        200,
        gen -> {
          var both = new Both(gen);
          int steps = gen.intBetween(10, 300);
          double adds = gen.oneOf(0.3, 0.6, 0.9);
          for (int i = 0; i < steps; i++) {
            if (gen.chance(adds) || both.handles.isEmpty()) {
              both.add(anyDuration(gen), gen.chance(0.5));
            } else if (gen.chance(0.5)) {
              both.cancel(gen.intBetween(0, both.handles.size() - 1));
            } else {
              both.advance(anyDuration(gen));
            }
          }
          both.advance(Duration.ofDays(5_001));
          assertThat(both.planned).isEmpty();
        });
  }
}
