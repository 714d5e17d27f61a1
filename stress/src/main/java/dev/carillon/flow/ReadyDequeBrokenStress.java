package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Deques that are wrong, to show that the faults which {@link ReadyDequeStress} forbids are really
 * seen when they are there. What would be forbidden is marked as interesting, so it does not fail
 * the run.
 */
public final class ReadyDequeBrokenStress {
  private ReadyDequeBrokenStress() {}

  /** A deque of a fixed length in which bottom is stored with release only. */
  static final class ReleasedBottom {
    private final int[] cells = new int[8];
    private final AtomicLong top = new AtomicLong();
    private final AtomicLong bottom = new AtomicLong();

    void push(int number) {
      long b = bottom.getPlain();
      cells[(int) b] = number;
      bottom.setRelease(b + 1);
    }

    int pop() {
      long b = bottom.getPlain() - 1;
      bottom.setRelease(b);
      long t = top.get();
      if (t < b) {
        return cells[(int) b];
      }
      int number = t == b && top.compareAndSet(t, t + 1) ? cells[(int) b] : ReadyDeque.EMPTY;
      bottom.setRelease(b + 1);
      return number;
    }

    int steal() {
      long t = top.get();
      if (t >= bottom.get()) {
        return ReadyDeque.EMPTY;
      }
      int number = cells[(int) t];
      return top.compareAndSet(t, t + 1) ? number : ReadyDeque.LOST;
    }
  }

  @JCStressTest
  @Description("The owner reads top before others see its bottom: PopPopSteal forbids it.")
  @Outcome(
      id = {"2, 1, -1", "2, 1, -2", "-1, 1, 2"},
      expect = ACCEPTABLE,
      desc = "Each was taken once.")
  @Outcome(
      id = "2, 1, 2",
      expect = ACCEPTABLE_INTERESTING,
      desc = "Owner and thief have the same number.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this deque does that.")
  @State
  public static class PopWithoutFence {
    private final ReleasedBottom deque = new ReleasedBottom();

    {
      deque.push(1);
      deque.push(2);
    }

    @Actor
    public void owner(III_Result r) {
      r.r1 = deque.pop();
    }

    @Actor
    public void thief(III_Result r) {
      r.r2 = deque.steal();
      r.r3 = deque.steal();
    }
  }

  @JCStressTest
  @Description("A push that says there is something before it is there: PushSteal forbids it.")
  @Outcome(
      id = {"-1", "7"},
      expect = ACCEPTABLE,
      desc = "It was there, or not yet.")
  @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "The thief came between the two.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this deque does that.")
  @State
  public static class BottomBeforeTheNumber {
    private final ReleasedBottom deque = new ReleasedBottom();

    @Actor
    public void owner() {
      deque.bottom.set(1);
      deque.cells[0] = 7;
    }

    @Actor
    public void thief(I_Result r) {
      r.r1 = deque.steal();
    }
  }
}
