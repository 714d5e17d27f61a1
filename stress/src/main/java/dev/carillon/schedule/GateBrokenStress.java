package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Gates that are wrong, to show that the faults which {@link GateStress} forbids are really seen
 * when they are there. What would be forbidden is marked as interesting, so it does not fail the
 * run.
 */
public final class GateBrokenStress {
  private GateBrokenStress() {}

  @JCStressTest
  @Description(
      "A bulkhead that looks at its count and then raises it: BulkheadTakeTake forbids it.")
  @Outcome(
      id = {"1, 0, 1", "0, 1, 1"},
      expect = ACCEPTABLE,
      desc = "One of them is admitted.")
  @Outcome(
      id = "1, 1, 2",
      expect = ACCEPTABLE_INTERESTING,
      desc = "Both looked before either raised it: one too many.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this bulkhead does that.")
  @State
  public static class LookThenRaise {
    private final AtomicInteger inUse = new AtomicInteger();

    private int take() {
      if (inUse.get() == 1) {
        return 0;
      }
      inUse.incrementAndGet();
      return 1;
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = take();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = take();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = inUse.get();
    }
  }

  @JCStressTest
  @Description("A limiter that stores where ours has a CAS: LimiterTakeTake forbids it.")
  @Outcome(
      id = {"1, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "One of them is admitted.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "Both paid for the same permit.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this limiter does that.")
  @State
  public static class StoreInsteadOfCas {
    private static final long COST = 100;
    private final AtomicLong paid = new AtomicLong();

    private int take() {
      long after = paid.get() + COST;
      if (after > COST) {
        return 0;
      }
      paid.set(after);
      return 1;
    }

    @Actor
    public void one(II_Result r) {
      r.r1 = take();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = take();
    }
  }

  @JCStressTest
  @Description("A limiter that reads the clock before what is paid: a refusal can be out of date.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "There are permits for both after a pause.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "The other knew an old time only.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this limiter does that.")
  @State
  public static class ClockBeforePaid {
    private static final long COST = 100;
    private static final long AHEAD = 2 * COST;
    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong paid = new AtomicLong(COST);

    private int take() {
      long now = clock.get();
      while (true) {
        long before = paid.get();
        long after = Math.max(before, now) + COST;
        if (after - now > AHEAD) {
          return 0;
        }
        if (paid.compareAndSet(before, after)) {
          return 1;
        }
      }
    }

    @Actor
    public void timeAndOne(II_Result r) {
      clock.set(10 * COST);
      r.r1 = take();
    }

    @Actor
    public void other(II_Result r) {
      r.r2 = take();
    }
  }
}
