package dev.carillon.schedule;

import dev.carillon.build.Covers;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Locks taken without waiting, and given back by anyone, against a sequential specification. */
@Covers("C26")
public class LockLincheckTest {
  private static final int FACTOR = Integer.getInteger("carillon.cases.factor", 1);
  private static final EventSystem EVENTS = EventSystem.create(c -> c.withTraceEvery(0));

  private final LockTable table = LockAlone.table(EVENTS, DeadlockPolicy.REQUESTER);
  private final LockLease first = taken("a");

  private LockLease taken(String id) {
    try {
      return table.acquireInAnyOrder(id, Duration.ZERO).orElse(null);
    } catch (LockOrderException e) {
      return null; // this thread has it
    } catch (InterruptedException e) {
      throw new IllegalStateException("a lock was waited for: id=" + id, e);
    }
  }

  @Operation
  public boolean takeA() {
    return taken("a") != null;
  }

  @Operation
  public boolean takeB() {
    return taken("b") != null;
  }

  /** Gives back the lock that was taken at the beginning; any thread may, and more than once. */
  @Operation
  public void giveFirst() {
    first.close();
  }

  @Operation
  public boolean isAnyHeld() {
    return table.held() > 0;
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    System.setProperty("lincheck.logLevel", "ERROR");
    new ModelCheckingOptions()
        .iterations(4 * FACTOR)
        .invocationsPerIteration(100)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(Specification.class)
        .check(LockLincheckTest.class);
    new StressOptions()
        .iterations(5 * FACTOR)
        .invocationsPerIteration(200)
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(Specification.class)
        .check(LockLincheckTest.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private boolean isFirst = true;
    private boolean isTakenA = true;
    private boolean isTakenB;

    public boolean takeA() {
      boolean free = !isTakenA;
      isTakenA = true;
      return free;
    }

    public boolean takeB() {
      boolean free = !isTakenB;
      isTakenB = true;
      return free;
    }

    public void giveFirst() {
      if (isFirst) {
        isFirst = false;
        isTakenA = false;
      }
    }

    public boolean isAnyHeld() {
      return isTakenA || isTakenB;
    }
  }
}
