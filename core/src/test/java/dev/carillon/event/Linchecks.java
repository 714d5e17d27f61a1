package dev.carillon.event;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;

/**
 * How Lincheck is asked to look at our classes. The system property {@code carillon.cases.factor}
 * multiplies the number of executions.
 */
final class Linchecks {
  private static final int FACTOR = Integer.getInteger("carillon.cases.factor", 1);

  /**
   * The pools fill arrays of a batch in a loop, which is longer than Lincheck expects of a loop.
   */
  private static final int LONGEST_LOOP = 4 * IndexPool.BATCH;

  /** Our own helpers, and values that nobody changes. */
  private static final Set<String> NOT_ANALYSED =
      Set.of(
          Linchecks.class.getName(),
          Poison.class.getName(),
          MergeFailures.class.getName(),
          EventHandle.class.getName());

  static {
    System.setProperty("lincheck.logLevel", "ERROR"); // it warns of fields of hidden classes
  }

  private Linchecks() {}

  /** {@return a small event system, which counts its slots exactly and so uses them again soon} */
  static EventCore core(int maxEvents) {
    return (EventCore)
        EventSystem.create(c -> c.withOwner(1).withTraceEvery(0).withMaxEvents(maxEvents)).raw();
  }

  /** Makes the next removal of an inner waiter of an event compact its list. */
  static void fillUpToCompaction(EventCore core, long event) {
    Details details = core.details.make(event);
    for (int i = 0; i < 31; i++) {
      if (details.countGarbage()) {
        throw new AssertionError("compaction is due too early: removals=" + i);
      }
    }
  }

  /** Fails if a free waiter node is in two places. */
  static void checkFreeNodes(EventCore core) {
    var found = new HashSet<Integer>();
    core.caches.sum(cache -> {
      for (int i = 0; i < cache.nodeCount; i++) {
        if (!found.add(cache.nodes[ThreadCache.PAD + i])) {
          throw new AssertionError("freed twice: node=" + cache.nodes[ThreadCache.PAD + i]);
        }
      }
      return 0;
    });
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .loopBound(LONGEST_LOOP)
        .addGuarantee(
            new ManagedStrategyGuarantee.MethodBuilder(NOT_ANALYSED::contains)
                .allMethods()
                .ignore());
  }

  /**
   * Checks random programs of a class's operations against a sequential specification: all
   * interleavings of a few switches, then runs on real threads.
   */
  static void check(Class<?> test, Class<?> specification, int programs, int executions) {
    modelChecking()
        .iterations(programs * FACTOR)
        .invocationsPerIteration(executions)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(specification)
        .check(test);
    modelChecking()
        .iterations(programs * FACTOR)
        .invocationsPerIteration(executions)
        .threads(3)
        .actorsPerThread(1)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(specification)
        .check(test);
    new StressOptions()
        .iterations(programs * FACTOR)
        .invocationsPerIteration(2 * executions)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(1)
        .actorsAfter(1)
        .sequentialSpecification(specification)
        .check(test);
  }

  /**
   * Explores the interleavings of some operations of a class, each on a thread of its own. What
   * holds after all of them is said by the class's validation method.
   */
  static void race(Class<?> test, int executions, String... operations) {
    modelChecking()
        .iterations(0)
        .invocationsPerIteration(executions * FACTOR)
        .threads(operations.length)
        .verifier(EpsilonVerifier.class)
        .addCustomScenario(
            new ExecutionScenario(
                List.of(),
                Arrays.stream(operations).map(name -> List.of(actor(test, name))).toList(),
                List.of(),
                null))
        .check(test);
  }

  private static Actor actor(Class<?> test, String operation) {
    try {
      return new Actor(test.getMethod(operation), List.of());
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "an operation must be a public method: operation=" + operation, e);
    }
  }
}
