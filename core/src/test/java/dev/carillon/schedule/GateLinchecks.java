package dev.carillon.schedule;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** How Lincheck is asked to look at gates. */
final class GateLinchecks {
  private static final int PROGRAMS = 15 * Integer.getInteger("carillon.cases.factor", 1);
  private static final int EXECUTIONS = 300;

  static {
    System.setProperty("lincheck.logLevel", "ERROR"); // it warns of fields of hidden classes
  }

  private GateLinchecks() {}

  /** Checks random programs of a class's operations against a sequential specification. */
  static void check(Class<?> test, Class<?> specification) {
    new ModelCheckingOptions()
        .iterations(PROGRAMS)
        .invocationsPerIteration(EXECUTIONS)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .sequentialSpecification(specification)
        .check(test);
    new StressOptions()
        .iterations(PROGRAMS)
        .invocationsPerIteration(EXECUTIONS)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(specification)
        .check(test);
  }
}
