package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.flow.GateModel.Want;
import dev.carillon.time.ManualClock;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random programs on gates within gates end, step by step, as the model says. */
@Covers("S26")
class GateModelTest {
  private static final long TICK = Timers.TICK_NANOS;

  @TestFactory
  Stream<DynamicTest> programs_random_letThroughAsTheModelSays() {
    return Property.check(
        "gates",
        400,
        gen -> {
          try (var program = new Program(gen)) {
            program.run(gen.oneOf(20, 100, 300));
          }
        });
  }

  private static final class Program implements AutoCloseable {
    private final Gen gen;
    private final ManualClock clock;
    private final Timers timers;
    private final List<CompiledPlan.GatePlan> plans = new ArrayList<>();
    private final List<Integer> parents = new ArrayList<>();
    private final GateModel model;
    private final GateBoard board;
    private final Map<Want, GateBoard.Waiter> waiters = new HashMap<>();
    private final Map<String, Want> byName = new HashMap<>();
    private final List<Want> inside = new ArrayList<>();
    private final List<String> admitted = new ArrayList<>();

    Program(Gen gen) {
      this.gen = gen;
      this.clock = new ManualClock(gen.oneOf(0L, Long.MAX_VALUE - 50 * TICK - 5, gen.anyLong()));
      this.timers = Timers.on(clock, "gates");
      int count = gen.intBetween(1, 6);
      for (int gate = 0; gate < count; gate++) {
        plans.add(plan(gate));
        parents.add(gen.intBetween(-1, gate - 1));
      }
      this.model = new GateModel(plans, parents);
      this.board = new GateBoard(plans.toArray(CompiledPlan.GatePlan[]::new), clock, timers);
    }

    private CompiledPlan.GatePlan plan(int gate) {
      var limit = gen.chance(0.7) ? OptionalInt.of(gen.intBetween(1, 3)) : OptionalInt.empty();
      var period = Duration.ofNanos(gen.longBetween(1, 30 * TICK));
      var rate = gen.chance(0.4) ? new Sync.Rate(gen.intBetween(1, 4), period) : null;
      return new CompiledPlan.GatePlan("gate " + gate, limit, rate);
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step(i);
        check();
      }
      for (int i = 0; !inside.isEmpty() || !model.waiting.isEmpty(); i++) {
        assertThat(i).as("nobody waits for ever: %s", model).isLessThan(100_000);
        if (inside.isEmpty()) {
          passATick();
        } else {
          release();
        }
        check();
      }
      assertThat(board.gates()).allMatch(gate -> gate.inUse() == 0 && gate.waiting() == 0);
      assertThat(timers.pending()).as("timers for nobody").isZero();
    }

    private void step(int number) {
      int kind = gen.intBetween(0, 9);
      if (kind < 4) {
        come(new Want("waiter " + number, gen.intBetween(0, plans.size() - 1)));
      } else if (kind < 6 && !inside.isEmpty()) {
        release();
      } else if (kind == 6 && !model.waiting.isEmpty()) {
        Want want = gen.oneOf(model.waiting);
        model.leave(want);
        assertThat(board.withdraw(waiters.get(want))).as("%s withdrawn", want).isTrue();
        assertThat(board.withdraw(waiters.get(want))).as("%s once more", want).isFalse();
      } else {
        for (int ticks = gen.intBetween(1, 5); ticks > 0; ticks--) {
          passATick();
          check();
        }
      }
    }

    private void come(Want want) {
      byName.put(want.name(), want);
      waiters.put(want, () -> admitted.add(want.name()));
      model.come(want);
      board.acquire(waiters.get(want), model.path(want.gate()));
    }

    private void release() {
      Want want = inside.remove(gen.intBetween(0, inside.size() - 1));
      assertThat(board.withdraw(waiters.get(want))).as("%s is inside", want).isFalse();
      model.release(want);
      board.release(model.path(want.gate()));
    }

    private void passATick() {
      model.passTime(TICK);
      clock.advance(Duration.ofNanos(TICK));
    }

    private void check() {
      String before = model.toString();
      assertThat(admitted).as(before).isEqualTo(model.settle());
      admitted.forEach(name -> inside.add(byName.get(name)));
      admitted.clear();
      assertThat(board.gates()).isEqualTo(model.gates());
    }

    @Override
    public void close() {
      board.close();
      timers.close();
    }
  }
}
