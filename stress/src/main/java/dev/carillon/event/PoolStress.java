package dev.carillon.event;

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

/** An index is in one place at a time: in the pool, or with the one who took it. */
public final class PoolStress {
  private PoolStress() {}

  /** A pool of small integers that have no words of their own. */
  private static final class Pool extends IndexPool {
    Pool(int limit) {
      super(0, limit);
    }

    @Override
    void grow(int bound) {}

    int take() {
      int[] taken = new int[BATCH];
      return take(taken, 0, 1) == 0 ? NONE : taken[0];
    }

    void give(int index) {
      give(new int[] {index}, 0, 1);
    }
  }

  @JCStressTest
  @Description("Two threads take an index each of the two that were never used.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "One each.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "One each.")
  @Outcome(id = "0, 0|1, 1", expect = FORBIDDEN, desc = "An index was handed out twice.")
  @Outcome(expect = FORBIDDEN, desc = "An index was lost.")
  @State
  public static class TakeFresh {
    private final Pool pool = new Pool(2);

    @Actor
    public void one(II_Result r) {
      r.r1 = pool.take();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = pool.take();
    }
  }

  @JCStressTest
  @Description("Two threads take an index each of the two that were given back.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "One each.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "One each.")
  @Outcome(id = "0, 0|1, 1", expect = FORBIDDEN, desc = "An index was handed out twice.")
  @Outcome(expect = FORBIDDEN, desc = "An index was lost.")
  @State
  public static class TakeUsed {
    private final Pool pool = new Pool(2);

    {
      int[] all = new int[IndexPool.BATCH];
      pool.give(all, 0, pool.take(all, 0, 2));
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = pool.take();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = pool.take();
    }
  }

  @JCStressTest
  @Description("A thread takes two of three indexes and gives the first back; another takes one.")
  @Outcome(
      id = "0, 1, 2|0, 2, 1|1, 0, 2|1, 2, 0|2, 0, 1|2, 1, 0",
      expect = ACCEPTABLE,
      desc = "Three indexes in three places, the third one being in the pool.")
  @Outcome(id = ".*-1.*", expect = FORBIDDEN, desc = "An index was lost.")
  @Outcome(expect = FORBIDDEN, desc = "An index was handed out twice.")
  @State
  public static class TakeTakeGive {
    private final Pool pool = new Pool(3);

    {
      int[] all = new int[IndexPool.BATCH];
      pool.give(all, 0, pool.take(all, 0, 3));
    }

    @Actor
    public void one(III_Result r) {
      int first = pool.take();
      r.r1 = pool.take();
      pool.give(first);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = pool.take();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = pool.take();
    }
  }

  @JCStressTest
  @Description(
      "One index is with a thread that gives it back, one was never used; two threads take.")
  @Outcome(id = "0, 1|1, 0", expect = ACCEPTABLE, desc = "One each.")
  @Outcome(
      id = "-1, 0|0, -1",
      expect = ACCEPTABLE,
      desc = "Both were taken or not given back yet at some moment.")
  @Outcome(
      id = "-1, 1|1, -1",
      expect = ACCEPTABLE,
      desc = "The one that was never used was taken before the other was given back.")
  @Outcome(id = "-1, -1", expect = FORBIDDEN, desc = "One index was free all the time.")
  @Outcome(expect = FORBIDDEN, desc = "An index was handed out twice.")
  @State
  public static class TakeTakeWhileGiven {
    private final Pool pool = new Pool(2);
    private final int held = pool.take();

    @Actor
    public void give() {
      pool.give(held);
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = pool.take();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = pool.take();
    }
  }
}
