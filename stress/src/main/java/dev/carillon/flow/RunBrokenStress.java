package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Workers and cells that are wrong, to show that the faults which {@link WorkerStress} and {@link
 * CellsStress} forbid are really seen when they are there. What would be forbidden is marked as
 * interesting, so it does not fail the run.
 */
public final class RunBrokenStress {
  private RunBrokenStress() {}

  @JCStressTest
  @Description("Thread and looker read the phase and write it after: EndLook forbids it.")
  @Outcome(
      id = {"1, -1", "0, 7"},
      expect = ACCEPTABLE,
      desc = "One of them goes on.")
  @Outcome(id = "1, 7", expect = ACCEPTABLE_INTERESTING, desc = "Both go on.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this worker does that.")
  @State
  public static class EndWithoutSwap {
    private volatile int phase = 1;

    @Actor
    public void thread(II_Result r) {
      if (phase == 1) {
        phase = 2;
        r.r1 = 1;
      }
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = -1;
      if (phase == 1) {
        phase = -1;
        r.r2 = 7;
      }
    }
  }

  @JCStressTest
  @Description("Edges are counted by reading and writing: ArriveArrive forbids it.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One decides.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "Nobody decides.")
  @Outcome(expect = FORBIDDEN, desc = "Not even these cells do that.")
  @State
  public static class CountWithoutSwap {
    private volatile int left = 2;

    private int arrive() {
      int before = left;
      left = before - 1;
      return before == 1 ? 1 : 0;
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = arrive();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = arrive();
    }
  }

  @JCStressTest
  @Description("The ending is written before the value: EndRead forbids it.")
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "None yet, or the outcome with its value.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "An outcome without its value.")
  @Outcome(expect = FORBIDDEN, desc = "Not even these cells do that.")
  @State
  public static class EndBeforeTheValue {
    private volatile int ending;
    private volatile int value;

    @Actor
    public void left() {
      ending = 1;
      value = 1;
    }

    @Actor
    public void reader(II_Result r) {
      r.r1 = ending;
      r.r2 = value;
    }
  }
}
