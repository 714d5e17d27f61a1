package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Property;
import dev.carillon.schedule.PermitModel.Want;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Random programs on the broker end, step by step, as the model says. */
@Covers({"C26", "C27"})
class PermitModelTest {

  @TestFactory
  Stream<DynamicTest> programs_random_grantAsTheModelSays() {
    return Property.check(
        "permits",
        400,
        gen -> {
          try (var program = new Program(gen)) {
            program.run(gen.oneOf(20, 100, 300));
          }
        });
  }

  private static final class Program implements AutoCloseable {
    private final Gen gen;
    private final Map<String, Long> total;
    private final PermitBench bench;
    private final PermitModel model;
    private final Map<Want, PermitBroker.Wait> waits = new HashMap<>();
    private final Map<String, Want> byName = new HashMap<>();
    private long number;
    private long time;

    Program(Gen gen) {
      this.gen = gen;
      this.total = new TreeMap<>();
      for (int i = gen.intBetween(1, 4); i > 0; i--) {
        total.put("resource " + i, gen.longBetween(1, 8));
      }
      this.bench = new PermitBench(total);
      this.model = new PermitModel(total);
    }

    void run(int steps) {
      for (int i = 0; i < steps; i++) {
        step();
        check();
      }
      while (!model.lent.isEmpty()) {
        release(model.lent.getFirst());
        check();
      }
      assertThat(model.waiting).as("nobody waits for ever").isEmpty();
      assertThat(bench.broker.free()).isEqualTo(total);
    }

    private void step() {
      int kind = gen.intBetween(0, 9);
      if (kind < 5 || waits.isEmpty()) {
        acquire();
      } else if (kind < 8 && !model.lent.isEmpty()) {
        release(gen.oneOf(model.lent));
      } else if (!model.waiting.isEmpty()) {
        Want want = gen.oneOf(model.waiting);
        if (gen.chance(0.5)) {
          assertThat(PermitBench.names(bench.broker.withdraw(waits.get(want))))
              .isEqualTo(model.withdraw(want));
          assertThat(bench.broker.withdraw(waits.remove(want))).isNull();
        } else {
          urge(want);
        }
      }
    }

    private void acquire() {
      var needs = new TreeMap<String, Long>();
      for (String resource : gen.shuffled(total.keySet())) {
        if (needs.isEmpty() || gen.chance(0.4)) {
          needs.put(resource, gen.longBetween(1, total.get(resource)));
        }
      }
      String name = "task " + number;
      long due = time++ + gen.oneOf(0, 5, 1_000) + (gen.chance(0.2) ? 0 : gen.intBetween(0, 20));
      var want = new Want(name, due, number++, needs);
      PermitBroker.Wait wait = bench.want(name, due, needs);
      waits.put(want, wait);
      byName.put(name, want);
      List<Want> heads = model.heads();
      Map<String, Long> before = model.free();
      boolean lent = bench.broker.acquire(wait);
      assertThat(lent).as("%s of %s", name, needs).isEqualTo(model.acquire(want, orderOf(needs)));
      if (lent) {
        checkNotDelayed(heads, before, want);
      }
    }

    private static List<String> orderOf(Map<String, Long> needs) {
      return new ArrayList<>(needs.keySet());
    }

    /** What a head before this one could have of a resource in full, it can have still. */
    private void checkNotDelayed(List<Want> heads, Map<String, Long> before, Want passed) {
      Map<String, Long> after = bench.broker.free();
      for (Want head : heads) {
        if (head.due < passed.due || (head.due == passed.due && head.number < passed.number)) {
          head.needs.forEach((resource, needed) -> {
            if (before.get(resource) >= needed) {
              assertThat(after.get(resource))
                  .as("%s passed %s", passed, head)
                  .isGreaterThanOrEqualTo(needed);
            } else {
              assertThat(passed.needs).as("%s passed %s", passed, head).doesNotContainKey(resource);
            }
          });
        }
      }
    }

    private void release(Want want) {
      assertThat(PermitBench.names(bench.broker.release(waits.get(want))))
          .isEqualTo(model.release(want));
      assertThat(bench.broker.release(waits.get(want))).as("twice").isEmpty();
    }

    private void urge(Want want) {
      long due = want.due - gen.intBetween(1, 50);
      PermitBroker.Wait wait = waits.get(want);
      wait.task.urge(due, Band.LOW.index());
      assertThat(PermitBench.names(bench.broker.reorder(wait))).isEqualTo(model.reorder(want, due));
    }

    private void check() {
      Map<String, Long> free = bench.broker.free();
      assertThat(free).isEqualTo(model.free()); // free + lent = total
      assertThat(free.values()).allMatch(permits -> permits >= 0);
    }

    @Override
    public void close() {
      bench.close();
    }
  }
}
