package dev.carillon.event;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * Designs that are wrong, to show that the faults which the other tests forbid are really seen when
 * they are there. What would be forbidden is marked as interesting, so it does not fail the run.
 */
public final class BrokenStress {
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  private BrokenStress() {}

  /** A slot whose completion is a volatile store where {@link SlotTable} has a CAS. */
  private static final class StoringSlot {
    private static final int COMPLETE = -1;
    private final int[] waiters = new int[1];

    /** {@return how many waiters there were} */
    int complete() {
      int taken = (int) INTS.getVolatile(waiters, 0);
      INTS.setVolatile(waiters, 0, COMPLETE);
      return taken;
    }

    /** {@return whether a waiter was added before completion} */
    boolean add() {
      int before = (int) INTS.getVolatile(waiters, 0);
      return before != COMPLETE && INTS.compareAndSet(waiters, 0, before, before + 1);
    }
  }

  @JCStressTest
  @Description(
      "A waiter is added to a slot that is completed by a store: ListenerStress forbids it.")
  @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Added first, and told.")
  @Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Completed first, and the waiter knows.")
  @Outcome(
      id = "true, 0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "Added between the load and the store of completion: never told.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this slot does that.")
  @State
  public static class StoreInsteadOfCas {
    private final StoringSlot slot = new StoringSlot();

    @Actor
    public void complete(ZI_Result r) {
      r.r2 = slot.complete();
    }

    @Actor
    public void add(ZI_Result r) {
      r.r1 = slot.add();
    }
  }

  /** A count of a merge's inputs that is read and written where {@link Merges} has a CAS. */
  @JCStressTest
  @Description("Two inputs are counted down by a load and a store: MergeStress forbids it.")
  @Outcome(id = "1, 0|0, 1", expect = ACCEPTABLE, desc = "One of them took itself for the last.")
  @Outcome(
      id = "1, 1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "Both counted down from the same number: the merge never completes.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this count does that.")
  @State
  public static class LoadAndStoreCount {
    private final int[] remaining = {2};

    @Actor
    public void one(II_Result r) {
      r.r1 = countDown();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = countDown();
    }

    private int countDown() {
      int left = (int) INTS.getVolatile(remaining, 0) - 1;
      INTS.setVolatile(remaining, 0, left);
      return left;
    }
  }

  /** The free indexes as a lock-free stack without a tag, an earlier design less its safeguard. */
  private static final class UntaggedStack {
    private final int[] head = {0};
    private final int[] next = {1, 2, IndexPool.NONE};

    int take() {
      while (true) {
        int top = (int) INTS.getVolatile(head, 0);
        if (top == IndexPool.NONE) {
          return top;
        }
        int below = (int) INTS.getOpaque(next, top);
        if (INTS.compareAndSet(head, 0, top, below)) {
          return top;
        }
      }
    }

    void give(int index) {
      while (true) {
        int top = (int) INTS.getVolatile(head, 0);
        INTS.setOpaque(next, index, top);
        if (INTS.compareAndSet(head, 0, top, index)) {
          return;
        }
      }
    }
  }

  @JCStressTest
  @Description(
      "A thread takes two of three indexes and gives the first back: PoolStress forbids it.")
  @Outcome(
      id = "0, 1, 2|0, 2, 1|1, 0, 2|1, 2, 0|2, 0, 1|2, 1, 0",
      expect = ACCEPTABLE,
      desc = "Three indexes in three places.")
  @Outcome(
      id = "1, 0, 1",
      expect = ACCEPTABLE_INTERESTING,
      desc = "ABA: the top was the same again, what lay below it was not; 1 is in two places.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this stack does that.")
  @State
  public static class UntaggedPop {
    private final UntaggedStack stack = new UntaggedStack();

    @Actor
    public void one(III_Result r) {
      int first = stack.take();
      r.r1 = stack.take();
      stack.give(first);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = stack.take();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = stack.take();
    }
  }
}
