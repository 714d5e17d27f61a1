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
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** A merge that is decided early is decided once, and as its inputs say. */
public final class QuorumStress {
  private QuorumStress() {}

  @JCStressTest
  @Description("Both inputs of an any-of merge are triggered.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "The first one decided.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "Each left the decision to the other.")
  @Outcome(expect = FORBIDDEN, desc = "Decided twice, or its listener was lost.")
  @State
  public static class AnyTriggerTrigger {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long any = Quorum.create(CORE, 1, a, b);
    private final Shared.Tally listener = new Shared.Tally();

    {
      CORE.listen(any, listener);
    }

    @Actor
    public void one() {
      CORE.trigger(a);
    }

    @Actor
    public void other() {
      CORE.trigger(b);
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = Shared.outcome(CORE, any);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("Of the inputs of an any-of merge, one is triggered and the other poisoned.")
  @Outcome(id = "TRIGGERED", expect = ACCEPTABLE, desc = "One trigger suffices, in any order.")
  @Outcome(id = "PENDING", expect = FORBIDDEN, desc = "The vote of the trigger was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Poisoned although not all inputs were.")
  @State
  public static class AnyTriggerPoison {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long any = Quorum.create(CORE, 1, a, b);

    @Actor
    public void one() {
      CORE.trigger(a);
    }

    @Actor
    public void other() {
      CORE.poison(b, "b");
    }

    @Arbiter
    public void after(L_Result r) {
      r.r1 = Shared.outcome(CORE, any);
    }
  }

  @JCStressTest
  @Description("Of the inputs of a fail-fast merge, one is triggered and the other poisoned.")
  @Outcome(id = "1 of 2 inputs failed", expect = ACCEPTABLE, desc = "Poisoned, in any order.")
  @Outcome(id = "PENDING", expect = FORBIDDEN, desc = "The vote of the poison was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Triggered although an input failed.")
  @State
  public static class AllTriggerPoison {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long all = CORE.mergeFailFast(a, b);

    @Actor
    public void one() {
      CORE.trigger(a);
    }

    @Actor
    public void other() {
      CORE.poison(b, "b");
    }

    @Arbiter
    public void after(L_Result r) {
      r.r1 = Shared.outcome(CORE, all);
    }
  }

  @JCStressTest
  @Description("Two of three inputs decide while the merge is made and puts its votes on them.")
  @Outcome(id = "TRIGGERED, ok", expect = ACCEPTABLE, desc = "Decided, and no vote left behind.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "A vote was lost.")
  @Outcome(
      id = "TRIGGERED, VOTE",
      expect = FORBIDDEN,
      desc = "A vote stayed on the pending input: neither thread saw that the other was done.")
  @Outcome(expect = FORBIDDEN, desc = "Nothing was poisoned.")
  @State
  public static class CreateTrigger {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long c = CORE.create();
    private long quorum;

    @Actor
    public void create() {
      quorum = Quorum.create(CORE, 2, a, b, c);
    }

    @Actor
    public void trigger() {
      CORE.trigger(a);
      CORE.trigger(b);
    }

    @Arbiter
    public void after(LL_Result r) {
      r.r1 = Shared.outcome(CORE, quorum);
      int index = (int) (c >>> 32);
      r.r2 = SlotTable.head(CORE.slots.stateAcquire(index)) == 0 ? "ok" : "VOTE";
      CORE.trigger(c);
    }
  }
}
