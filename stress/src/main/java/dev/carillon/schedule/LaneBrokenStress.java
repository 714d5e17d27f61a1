package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Lanes that are wrong, to show that the faults which {@link LaneStress} forbids are really seen
 * when they are there. What would be forbidden is marked as interesting, so it does not fail the
 * run.
 */
public final class LaneBrokenStress {
  private LaneBrokenStress() {}

  @JCStressTest
  @Description(
      "A watch that looks at the call and then marks it, where ours does both under a monitor:"
          + " ReturnAbandon forbids it.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One of the two goes on with the lane.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "Both do.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this watch does that.")
  @State
  public static class LookThenMark {
    private volatile boolean returned;
    private volatile boolean abandoned;

    @Actor
    public void handler(II_Result r) {
      if (!abandoned) {
        returned = true;
        r.r1 = 1;
      }
    }

    @Actor
    public void timer(II_Result r) {
      if (!returned) {
        abandoned = true;
        r.r2 = 1;
      }
    }
  }

  @JCStressTest
  @Description(
      "A turn that looks whether it is held and then sleeps, where ours looks once more:"
          + " OfferPauseResume forbids it.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The lane goes on.")
  @Outcome(
      id = "0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "It was resumed after the look and before it slept: nobody wakes it.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this lane does that.")
  @State
  public static class LookThenSleep {
    private volatile boolean paused = true;
    private volatile boolean asleep;

    @Actor
    public void turn() {
      if (paused) {
        asleep = true;
      }
    }

    @Actor
    public void resume() {
      paused = false;
      if (asleep) {
        asleep = false;
      }
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = asleep ? 0 : 1;
    }
  }
}
