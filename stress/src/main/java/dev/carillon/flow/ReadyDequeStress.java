package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Thieves and the owner of a deque want the same numbers. */
public final class ReadyDequeStress {
  private ReadyDequeStress() {}

  /** How often each number was taken. Each actor has a field of its own. */
  abstract static class Taken {
    private static final int NUMBERS = 32;
    final ReadyDeque deque = new ReadyDeque(2);
    int byOwner = ReadyDeque.EMPTY;
    int byOwnerThen = ReadyDeque.EMPTY;
    int byThief = ReadyDeque.EMPTY;
    int byThiefThen = ReadyDeque.EMPTY;

    /** Says how many of the numbers from 1 on were taken more than once, and how many never. */
    final void count(int numbers, II_Result r) {
      int[] times = new int[NUMBERS];
      for (int number : new int[] {byOwner, byOwnerThen, byThief, byThiefThen}) {
        times[Math.max(0, number)]++;
      }
      for (int left = deque.pop(); left != ReadyDeque.EMPTY; left = deque.pop()) {
        times[left]++;
      }
      for (int number = 1; number <= numbers; number++) {
        r.r1 += times[number] > 1 ? 1 : 0;
        r.r2 += times[number] == 0 ? 1 : 0;
      }
    }
  }

  @JCStressTest
  @Description("Owner and thief want the only number.")
  @Outcome(
      id = {"1, -1, -1", "-1, 1, -1"},
      expect = ACCEPTABLE,
      desc = "One of them has it.")
  @Outcome(id = "1, -2, -1", expect = ACCEPTABLE, desc = "The thief has lost it to the owner.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "Both have it: a part would run twice.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody has it, or it is still there.")
  @State
  public static class LastPopSteal {
    private final ReadyDeque deque = new ReadyDeque();

    {
      deque.push(1);
    }

    @Actor
    public void owner(III_Result r) {
      r.r1 = deque.pop();
    }

    @Actor
    public void thief(III_Result r) {
      r.r2 = deque.steal();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = deque.pop();
    }
  }

  @JCStressTest
  @Description("The owner pops twice while a thief steals twice, of two numbers.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Each was taken once.")
  @Outcome(id = "[12], .*", expect = FORBIDDEN, desc = "One was taken twice.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost.")
  @State
  public static class PopPopSteal extends Taken {
    /** Puts two in. */
    public PopPopSteal() {
      deque.push(1);
      deque.push(2);
    }

    @Actor
    public void owner() {
      byOwner = deque.pop();
      byOwnerThen = deque.pop();
    }

    @Actor
    public void thief() {
      byThief = deque.steal();
      byThiefThen = deque.steal();
    }

    @Arbiter
    public void after(II_Result r) {
      count(2, r);
    }
  }

  @JCStressTest
  @Description("The owner pops one and pushes another to its cell while a thief steals.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Each was taken once.")
  @Outcome(id = "[1-3], .*", expect = FORBIDDEN, desc = "One was taken twice.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost.")
  @State
  public static class PopPushSteal extends Taken {
    /** Puts two in. */
    public PopPushSteal() {
      deque.push(1);
      deque.push(2);
    }

    @Actor
    public void owner() {
      byOwner = deque.pop();
      deque.push(3);
      byOwnerThen = deque.pop();
    }

    @Actor
    public void thief() {
      byThief = deque.steal();
      byThiefThen = deque.steal();
    }

    @Arbiter
    public void after(II_Result r) {
      count(3, r);
    }
  }

  @JCStressTest
  @Description("The owner goes round a full array, or makes a longer one, while a thief steals.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Each was taken once.")
  @Outcome(id = "[1-5], .*", expect = FORBIDDEN, desc = "One was taken twice.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost, as its cell was written too early.")
  @State
  public static class GrowSteal extends Taken {
    /** Fills the array. */
    public GrowSteal() {
      deque.push(1);
      deque.push(2);
    }

    @Actor
    public void owner() {
      deque.push(3);
      deque.push(4);
      deque.push(5);
      byOwner = deque.pop();
    }

    @Actor
    public void thief() {
      byThief = deque.steal();
      byThiefThen = deque.steal();
    }

    @Arbiter
    public void after(II_Result r) {
      count(5, r);
    }
  }

  @JCStressTest
  @Description("Two thieves want the same numbers.")
  @Outcome(
      id = {"1, 2, -1", "2, 1, -1", "1, -2, 2", "-2, 1, 2"},
      expect = ACCEPTABLE,
      desc = "Each number was taken once.")
  @Outcome(
      id = {"1, 1, .*", "2, 2, .*"},
      expect = FORBIDDEN,
      desc = "Both have the same.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost, or nobody has won.")
  @State
  public static class StealSteal {
    private final ReadyDeque deque = new ReadyDeque();

    {
      deque.push(1);
      deque.push(2);
    }

    @Actor
    public void thief(III_Result r) {
      r.r1 = deque.steal();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = deque.steal();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = deque.pop();
    }
  }

  @JCStressTest
  @Description("A thief finds what is pushed.")
  @Outcome(
      id = {"-1", "7"},
      expect = ACCEPTABLE,
      desc = "It was there, or not yet.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The place was seen before what is there.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody pushed that.")
  @State
  public static class PushSteal {
    private final ReadyDeque deque = new ReadyDeque();

    @Actor
    public void owner() {
      deque.push(7);
    }

    @Actor
    public void thief(I_Result r) {
      r.r1 = deque.steal();
    }
  }

  @JCStressTest
  @Description("What was done before a push is seen by who steals the number.")
  @Outcome(
      id = {"-1, .*", "7, 1"},
      expect = ACCEPTABLE,
      desc = "It was not there yet, or all before it is seen.")
  @Outcome(expect = FORBIDDEN, desc = "A part would run without what those before it have done.")
  @State
  public static class Handover {
    private final ReadyDeque deque = new ReadyDeque();
    private int done;

    @Actor
    public void owner() {
      done = 1;
      deque.push(7);
    }

    @Actor
    public void thief(II_Result r) {
      r.r1 = deque.steal();
      r.r2 = done;
    }
  }
}
