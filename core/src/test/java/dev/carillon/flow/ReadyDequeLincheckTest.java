package dev.carillon.flow;

import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** The owner's operations one after another, those of thieves among them, at every step. */
@Param(name = "number", gen = IntGen.class, conf = "1:9")
public class ReadyDequeLincheckTest {
  private static final int PROGRAMS = 15 * Integer.getInteger("carillon.cases.factor", 1);
  private static final int EXECUTIONS = 300;

  static {
    System.setProperty("lincheck.logLevel", "ERROR"); // it warns of fields of hidden classes
  }

  private final ReadyDeque deque = new ReadyDeque(1); // grows twice in a program

  @Operation(nonParallelGroup = "owner")
  public void push(@Param(name = "number") int number) {
    deque.push(number);
  }

  @Operation(nonParallelGroup = "owner")
  public int pop() {
    return deque.pop();
  }

  /** Steals until it has not lost against another. */
  @Operation
  public int steal() {
    int number = deque.steal();
    while (number == ReadyDeque.LOST) {
      number = deque.steal();
    }
    return number;
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    new ModelCheckingOptions()
        .iterations(PROGRAMS)
        .invocationsPerIteration(EXECUTIONS)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(3)
        .actorsAfter(2)
        .sequentialSpecification(Specification.class)
        .check(ReadyDequeLincheckTest.class);
    new StressOptions()
        .iterations(PROGRAMS)
        .invocationsPerIteration(EXECUTIONS)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .sequentialSpecification(Specification.class)
        .check(ReadyDequeLincheckTest.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private final ArrayDeque<Integer> numbers = new ArrayDeque<>();

    public void push(int number) {
      numbers.addLast(number);
    }

    public int pop() {
      return numbers.isEmpty() ? ReadyDeque.EMPTY : numbers.removeLast();
    }

    public int steal() {
      return numbers.isEmpty() ? ReadyDeque.EMPTY : numbers.removeFirst();
    }
  }
}
