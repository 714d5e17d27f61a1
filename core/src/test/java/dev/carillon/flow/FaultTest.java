package dev.carillon.flow;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Whatever goes wrong in a part, the run ends, and nothing is left of it. */
@Covers({"S18", "W6"})
class FaultTest {
  private static final int CASES = 1_000;
  private static final int MANY_CASES = 4_000; // times the factor of long builds

  @TestFactory
  Stream<DynamicTest> run_withAFaultInOnePart_endsAndLeavesNothing() {
    return Property.check("faults leave nothing", CASES, FaultTest::check);
  }

  @Tag("long")
  @TestFactory
  Stream<DynamicTest> run_withAFaultInOnePart_endsAndLeavesNothing_manyTimes() {
    return Property.check("many faults leave nothing", MANY_CASES, FaultTest::check);
  }

  private static void check(Gen gen) throws Exception {
    var cycle = new FaultyCycle(gen);
    var ledger = new StepLedger();
    try (var house = new LeakCheck(gen.intBetween(1, 3))) {
      LocalRun<Integer> run = house.start(cycle.define(), 1, ledger);
      try {
        if (cycle.fault.kind.hangs()) {
          Patience.until("it hangs or has ended", () -> cycle.fault.hangsNow() || run.isOver());
          run.cancel();
        }
        LeakCheck.end(run);
      } finally {
        cycle.fault.letGo();
      }
      ledger.assertComplete(run);
      LeakCheck.assertGatesAreEmpty(run);
    } catch (Throwable e) {
      throw new AssertionError(cycle + ": " + e, e);
    }
  }
}
