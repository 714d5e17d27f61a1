package dev.carillon.schedule;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/** The permits of a bulkhead as a count; what came of a second report is part of the answer. */
@Param(name = "thread", gen = ThreadIdGen.class)
public class BulkheadLincheckTest {
  private static final int LIMIT = 2;
  private static final int THREADS = 8; // more than there are in any program

  private final Bulkhead bulkhead = Bulkhead.of("x", LIMIT);
  private final Gate.Admission.Pass[] held = new Gate.Admission.Pass[THREADS];
  private final Gate.Admission.Pass[] reported = new Gate.Admission.Pass[THREADS];

  @Operation
  public boolean ask(@Param(name = "thread") int thread) {
    if (held[thread] == null && bulkhead.ask() instanceof Gate.Admission.Pass pass) {
      held[thread] = pass;
      return true;
    }
    return false;
  }

  @Operation
  public boolean report(@Param(name = "thread") int thread) {
    if (held[thread] == null) {
      return false;
    }
    held[thread].success();
    reported[thread] = held[thread];
    held[thread] = null;
    return true;
  }

  @Operation
  public String reportAgain(@Param(name = "thread") int thread) {
    if (reported[thread] == null) {
      return "nothing to report";
    }
    try {
      reported[thread].cancelled();
      return "accepted";
    } catch (IllegalStateException e) {
      return "refused";
    }
  }

  @Operation
  public int inUse() {
    return bulkhead.inUse();
  }

  @Test
  void operations_inAnyInterleaving_areLinearizable() {
    GateLinchecks.check(BulkheadLincheckTest.class, Specification.class);
  }

  /** What the operations mean, one after another. */
  public static class Specification {
    private final boolean[] holds = new boolean[THREADS];
    private final boolean[] hasReported = new boolean[THREADS];
    private int taken;

    public boolean ask(int thread) {
      if (holds[thread] || taken == LIMIT) {
        return false;
      }
      taken++;
      holds[thread] = true;
      return true;
    }

    public boolean report(int thread) {
      if (!holds[thread]) {
        return false;
      }
      taken--;
      holds[thread] = false;
      hasReported[thread] = true;
      return true;
    }

    public String reportAgain(int thread) {
      return hasReported[thread] ? "refused" : "nothing to report";
    }

    public int inUse() {
      return taken;
    }
  }
}
