package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A run can be ended at each of its steps: it ends, and nothing is left of it. */
@Covers({"S18", "W6"})
class EveryStepTest {
  private static final int STRIDE =
      Integer.getInteger("carillon.cases.factor", 1) > 1 ? 1 : 3; // steps looked at, one in so many

  @TestFactory
  Stream<DynamicTest> run_endedAtAnyStep_endsAndLeavesNothing() {
    return Arrays.stream(FaultyCycle.Shape.values())
        .flatMap(shape ->
            Arrays.stream(EveryStep.Way.values())
                .map(way ->
                    DynamicTest.dynamicTest(shape + ", " + way, () -> endAtEachStep(shape, way))));
  }

  private static void endAtEachStep(FaultyCycle.Shape shape, EveryStep.Way way) throws Exception {
    Cycle<Integer, Integer> cycle = FaultyCycle.sound(shape);
    long step = 1 + way.ordinal() % STRIDE;
    while (endAt(cycle, way, step)) {
      step += STRIDE;
    }
    assertThat(step).as("steps").isGreaterThan(10);
  }

  /** {@return whether there was such a step} */
  private static boolean endAt(Cycle<Integer, Integer> cycle, EveryStep.Way way, long step)
      throws Exception {
    var ledger = new StepLedger();
    try (var house = new LeakCheck(2);
        var workers = new Workers()) {
      Runnable end = () -> way.end(house.flow, house.scheduler);
      var steps = new EveryStep(step, way.isByItself() ? end : () -> {});
      LocalRun<Integer> run = house.start(cycle, 1, new RunProbes(ledger, steps));
      if (!way.isByItself()) {
        workers.start(() -> {
          Patience.await(steps.isThere());
          end.run();
        });
      }
      LeakCheck.end(run);
      ledger.assertComplete(run);
      LeakCheck.assertGatesAreEmpty(run);
      return steps.wasTaken();
    } catch (Throwable e) {
      throw new AssertionError("at step " + step + ": " + e, e);
    }
  }
}
