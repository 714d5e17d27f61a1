package dev.carillon.event;

import static dev.carillon.event.Shared.CORE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LIL_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A merge that waits alone has no node, and a merge of many inputs counts them in parts. */
public final class DirectStress {
  private DirectStress() {}

  @JCStressTest
  @Description("An event that one merge waits for is triggered while a listener is added.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Both were told.")
  @Outcome(
      id = "PENDING, .*",
      expect = FORBIDDEN,
      desc = "The merge was lost when the listener brought a node for it.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The listener was lost.")
  @Outcome(expect = FORBIDDEN, desc = "The listener was told twice.")
  @State
  public static class SecondWaiter {
    private final long event = CORE.create();
    private final long merge = CORE.merge(event);
    private final Shared.Tally listener = new Shared.Tally();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void listen() {
      CORE.listen(event, listener);
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = CORE.status(merge).toString();
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("Two threads merge the same event, which is then triggered.")
  @Outcome(id = "TRIGGERED, TRIGGERED", expect = ACCEPTABLE, desc = "Both merges were told.")
  @Outcome(expect = FORBIDDEN, desc = "One merge took the place of the other.")
  @State
  public static class TwoMerges {
    private final long event = CORE.create();
    private long one;
    private long other;

    @Actor
    public void one() {
      one = CORE.merge(event);
    }

    @Actor
    public void other() {
      other = CORE.merge(event);
    }

    @Arbiter
    public void after(LL_Result r) {
      CORE.trigger(event);
      r.r1 = CORE.status(one).toString();
      r.r2 = CORE.status(other).toString();
    }
  }

  @JCStressTest
  @Description(
      "A listener is removed while a merge comes to wait too; then the event is triggered.")
  @Outcome(id = "TRIGGERED, 0, true", expect = ACCEPTABLE, desc = "Removed; the merge was told.")
  @Outcome(id = "PENDING, .*, .*", expect = FORBIDDEN, desc = "The merge was unlinked or lost.")
  @Outcome(expect = FORBIDDEN, desc = "The removed listener was told.")
  @State
  public static class RemoveAndMerge {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private final long registration = CORE.listen(event, listener);
    private long merge;
    private boolean removed;

    @Actor
    public void remove() {
      removed = CORE.remove(event, registration);
    }

    @Actor
    public void merge() {
      merge = CORE.merge(event);
    }

    @Arbiter
    public void after(LIL_Result r) {
      CORE.trigger(event);
      r.r1 = CORE.status(merge).toString();
      r.r2 = listener.get();
      r.r3 = Boolean.toString(removed);
    }
  }

  /** A merge of 18 inputs, in a part of 16 and a part of 2, of which two are still pending. */
  public static class Parts {
    static final int INPUTS = SlotTable.DIRECT_INPUTS + 2;

    final long[] inputs = new long[INPUTS];
    final long merge;
    final long a;
    final long b;

    Parts(int first, int second) {
      for (int i = 0; i < INPUTS; i++) {
        inputs[i] = CORE.create();
      }
      merge = CORE.merge(inputs);
      a = inputs[first];
      b = inputs[second];
      for (long input : inputs) {
        if (input != a && input != b) {
          CORE.trigger(input);
        }
      }
    }
  }

  @JCStressTest
  @Description(
      "The last inputs of both parts of a merge are triggered at once; then both threads create an"
          + " event, which may get the slot of a part.")
  @Outcome(id = "TRIGGERED, ok", expect = ACCEPTABLE, desc = "The later part completed the merge.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "Neither part took itself for the last.")
  @Outcome(id = ".*, SAME", expect = FORBIDDEN, desc = "A slot was freed twice.")
  @Outcome(expect = FORBIDDEN, desc = "A part's slot was still in use when it was freed.")
  @State
  public static class LastOfTwoParts extends Parts {
    private long one;
    private long other;

    public LastOfTwoParts() {
      super(0, INPUTS - 1);
    }

    @Actor
    public void one() {
      CORE.trigger(a);
      one = CORE.create();
    }

    @Actor
    public void other() {
      CORE.trigger(b);
      other = CORE.create();
    }

    @Arbiter
    public void after(LL_Result r) {
      r.r1 = CORE.status(merge).toString();
      r.r2 = Shared.fresh(CORE, one, other);
    }
  }

  @JCStressTest
  @Description(
      "The last two inputs of one part of a merge fail at once; then both threads make a merge,"
          + " which may get the slot of the part.")
  @Outcome(
      id = "a\\+b, TRIGGERED, TRIGGERED",
      expect = ACCEPTABLE,
      desc = "Both failures are kept, in the order of the inputs.")
  @Outcome(id = "TRIGGERED, .*, .*", expect = FORBIDDEN, desc = "The failures were lost.")
  @Outcome(expect = FORBIDDEN, desc = "A failure was lost, or went to another merge.")
  @State
  public static class FailuresInAPart extends Parts {
    public FailuresInAPart() {
      super(3, SlotTable.DIRECT_INPUTS - 1);
    }

    @Actor
    public void one(LLL_Result r) {
      CORE.poison(a, "a");
      r.r2 = next();
    }

    @Actor
    public void other(LLL_Result r) {
      CORE.poison(b, "b");
      r.r3 = next();
    }

    private static String next() {
      long input = CORE.create();
      long merge = CORE.merge(input, input);
      CORE.trigger(input);
      return Shared.outcome(CORE, merge);
    }

    @Arbiter
    public void after(LLL_Result r) {
      r.r1 = MergeStress.causes(merge);
    }
  }
}
