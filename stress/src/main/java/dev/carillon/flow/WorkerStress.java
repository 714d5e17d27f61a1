package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.time.Clock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** A thread comes back from a part while another gives it up. */
public final class WorkerStress {
  private WorkerStress() {}

  /** A worker that does nothing with what is ready. */
  static final class Idle extends Worker {
    @Override
    void ready(int readyCell) {}
  }

  @JCStressTest
  @Description("The thread comes back from a part while it is looked after for the second time.")
  @Outcome(id = "1, -1", expect = ACCEPTABLE, desc = "The thread goes on from the part.")
  @Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "Who looked goes on from it.")
  @Outcome(id = "1, 7", expect = FORBIDDEN, desc = "Both do: the part has two outcomes.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody does: the run hangs. Or it is another part.")
  @State
  public static class EndLook {
    private final Idle worker = new Idle();

    {
      worker.begin(7, Worker.Kind.QUESTION);
      worker.look(Clock.system(), 0);
    }

    @Actor
    public void thread(II_Result r) {
      r.r1 = worker.end() ? 1 : 0;
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = worker.look(Clock.system(), 0);
    }
  }

  @JCStressTest
  @Description("The thread goes on to the next part while it is looked after twice.")
  @Outcome(id = "1, 1, -1", expect = ACCEPTABLE, desc = "The thread has done both.")
  @Outcome(id = "0, 0, 7", expect = ACCEPTABLE, desc = "It was given up at the first.")
  @Outcome(id = "1, 0, 8", expect = ACCEPTABLE, desc = "It was given up at the second.")
  @Outcome(expect = FORBIDDEN, desc = "A part has two outcomes or none, or is taken for another.")
  @State
  public static class NextLook {
    private final Idle worker = new Idle();

    {
      worker.begin(7, Worker.Kind.QUESTION);
      worker.look(Clock.system(), 0);
    }

    @Actor
    public void thread(III_Result r) {
      boolean goesOn = worker.end();
      r.r1 = goesOn ? 1 : 0;
      if (goesOn) {
        worker.begin(8, Worker.Kind.QUESTION);
        r.r2 = worker.end() ? 1 : 0;
      }
    }

    @Actor
    public void other(III_Result r) {
      int cell = worker.look(Clock.system(), 0);
      r.r3 = cell == -1 ? worker.look(Clock.system(), 0) : cell;
    }
  }

  @JCStressTest
  @Description("The thread leaves while it is interrupted, as the run is being cancelled.")
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "No interrupt is left for who is next on it.")
  @Outcome(expect = FORBIDDEN, desc = "What has nothing to do with the run is interrupted.")
  @State
  public static class LeaveLook {
    private final Idle worker = new Idle();
    private volatile Thread thread = Thread.currentThread();

    @Actor
    public void thread() {
      thread = Thread.currentThread();
      worker.enter(null);
      worker.begin(7, Worker.Kind.QUESTION);
      worker.end();
      worker.leave(null);
    }

    @Actor
    public void other() {
      worker.look(Clock.system(), 0);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = thread.isInterrupted() ? 1 : 0;
    }
  }
}
