package dev.carillon.event;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/**
 * The pool of indexes as a bag. Which index comes out is open, so the specification counts them; an
 * index that comes out while somebody has it fails the test.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class IndexPoolLincheckTest {
  private static final int INDEXES = 3;
  private static final int THREADS = 8; // more than there are in any program

  private final IndexPool pool =
      new IndexPool(0, INDEXES) {
        @Override
        void grow(int bound) {}
      };
  private final AtomicIntegerArray holders = new AtomicIntegerArray(INDEXES);
  private final int[][] held = new int[THREADS][INDEXES]; // each row is its thread's
  private final int[] count = new int[THREADS];

  @Operation
  public boolean take(@Param(name = "thread") int thread) {
    int[] into = new int[IndexPool.BATCH];
    if (pool.take(into, 0, 1) == 0) {
      return false;
    }
    if (!holders.compareAndSet(into[0], 0, 1)) {
      throw new AssertionError("handed out twice: index=" + into[0]);
    }
    held[thread][count[thread]++] = into[0];
    return true;
  }

  @Operation
  public boolean give(@Param(name = "thread") int thread) {
    if (count[thread] == 0) {
      return false;
    }
    int index = held[thread][--count[thread]];
    holders.set(index, 0);
    pool.give(new int[] {index}, 0, 1);
    return true;
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    Linchecks.check(IndexPoolLincheckTest.class, Specification.class, 8, 100);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private final int[] held = new int[THREADS];
    private int free = INDEXES;

    public boolean take(int thread) {
      if (free == 0) {
        return false;
      }
      free--;
      held[thread]++;
      return true;
    }

    public boolean give(int thread) {
      if (held[thread] == 0) {
        return false;
      }
      free++;
      held[thread]--;
      return true;
    }
  }
}
