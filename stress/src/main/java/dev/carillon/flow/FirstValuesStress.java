package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A cell is judged while what it lacks of other units comes. */
public final class FirstValuesStress {
  private static final int NODE = 3;

  private FirstValuesStress() {}

  /** What is judged: a cell that takes a value of each of two units. */
  static class TwoUnits {
    final Samples one = new Samples(new int[] {NODE});
    final Samples other = new Samples(new int[] {NODE});
    final AtomicInteger again = new AtomicInteger();
    final FirstValues values = new FirstValues(again::incrementAndGet);

    /** {@return 1 if the judgement counts, 0 if the cell is to be judged again} */
    final int judge(boolean needsBoth) {
      boolean lacksOne = values.await(one, NODE);
      boolean lacksOther = values.await(other, NODE);
      boolean waits = needsBoth ? lacksOne || lacksOther : lacksOne && lacksOther;
      return values.judged(waits ? Verdict.WAIT : Verdict.ADMIT) == Verdict.ADMIT ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("A cell that needs both of two values is judged while one comes, then the other.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Both were there, and it is admitted.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It is judged again.")
  @Outcome(
      id = "1, 1",
      expect = FORBIDDEN,
      desc = "It is admitted and judged again: it runs twice.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "It waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "It is made ready twice.")
  @State
  public static class NeedsBoth extends TwoUnits {
    @Actor
    public void judge(II_Result r) {
      r.r1 = judge(true);
    }

    @Actor
    public void give() {
      one.take(NODE, "value");
      other.take(NODE, "value");
    }

    @Arbiter
    public void look(II_Result r) {
      r.r2 = again.get();
    }
  }

  @JCStressTest
  @Description("A cell that needs one of two values is judged while one unit ends and one gives.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It knew of one, and is admitted.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It is judged again.")
  @Outcome(expect = FORBIDDEN, desc = "It runs twice, or waits for ever.")
  @State
  public static class NeedsOne extends TwoUnits {
    @Actor
    public void judge(II_Result r) {
      r.r1 = judge(false);
    }

    @Actor
    public void give() {
      other.end();
      one.take(NODE, "value");
    }

    @Arbiter
    public void look(II_Result r) {
      r.r2 = again.get();
    }
  }
}
