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
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/**
 * What was done before an event completed is seen by whoever learns of that, by whatever way. The
 * data are plain fields, so only the event orders them.
 */
public final class MemoryStress {
  private MemoryStress() {}

  @JCStressTest
  @Description("A thread writes, then triggers; another looks at the status, then reads.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Complete, and the write is seen.")
  @Outcome(id = "PENDING, .*", expect = ACCEPTABLE, desc = "Not complete: anything may be seen.")
  @Outcome(id = "TRIGGERED, 0", expect = FORBIDDEN, desc = "Complete, but the write is not seen.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody poisoned the event.")
  @State
  public static class TriggerStatus {
    private final long event = CORE.create();
    private int data;

    @Actor
    public void trigger() {
      data = 1;
      CORE.trigger(event);
    }

    @Actor
    public void look(LI_Result r) {
      r.r1 = CORE.status(event);
      r.r2 = data;
    }
  }

  @JCStressTest
  @Description("A thread writes, then poisons; another looks at the status, then reads.")
  @Outcome(id = "POISONED, 1", expect = ACCEPTABLE, desc = "Complete, and the write is seen.")
  @Outcome(id = "PENDING, .*", expect = ACCEPTABLE, desc = "Not complete: anything may be seen.")
  @Outcome(id = "POISONED, 0", expect = FORBIDDEN, desc = "Complete, but the write is not seen.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody triggered the event.")
  @State
  public static class PoisonStatus {
    private final long event = CORE.create();
    private int data;

    @Actor
    public void poison() {
      data = 1;
      CORE.poison(event, "why");
    }

    @Actor
    public void look(LI_Result r) {
      r.r1 = CORE.status(event);
      r.r2 = data;
    }
  }

  @JCStressTest
  @Description("A thread writes, then triggers; a listener that another thread adds reads.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The write is seen, on whichever thread it ran.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The listener ran, but did not see the write.")
  @Outcome(expect = FORBIDDEN, desc = "The listener did not run.")
  @State
  public static class TriggerListener {
    private final long event = CORE.create();
    private int data;
    private int seen = -1;

    @Actor
    public void trigger() {
      data = 1;
      CORE.trigger(event);
    }

    @Actor
    public void listen() {
      CORE.listen(event, poison -> seen = data);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = seen;
    }
  }

  @JCStressTest
  @Description("A thread writes, then triggers; another awaits, then reads.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Woken, and the write is seen.")
  @Outcome(id = "TRIGGERED, 0", expect = FORBIDDEN, desc = "Woken, but the write is not seen.")
  @Outcome(expect = FORBIDDEN, desc = "The wait did not end as the event did.")
  @State
  public static class TriggerAwait {
    private final long event = CORE.create();
    private int data;

    @Actor
    public void trigger() {
      data = 1;
      CORE.trigger(event);
    }

    @Actor
    public void await(LI_Result r) {
      r.r1 = Shared.await(CORE, event);
      r.r2 = data;
    }
  }

  @JCStressTest
  @Description(
      "Two threads write, then trigger an input of a merge each. Whoever is last completes the"
          + " merge, so that its listener has to see what the other one wrote.")
  @Outcome(id = "TRIGGERED, 1, 1", expect = ACCEPTABLE, desc = "Both writes are seen.")
  @Outcome(
      id = "TRIGGERED, .*",
      expect = FORBIDDEN,
      desc = "Counting down passed the count on, but not what was done before.")
  @Outcome(expect = FORBIDDEN, desc = "The merge did not complete.")
  @State
  public static class MergeListener {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long merge = CORE.merge(a, b);
    private int dataOfA;
    private int dataOfB;
    private int seenOfA;
    private int seenOfB;

    {
      CORE.listen(
          merge,
          poison -> {
            seenOfA = dataOfA;
            seenOfB = dataOfB;
          });
    }

    @Actor
    public void one() {
      dataOfA = 1;
      CORE.trigger(a);
    }

    @Actor
    public void other() {
      dataOfB = 1;
      CORE.trigger(b);
    }

    @Arbiter
    public void after(LII_Result r) {
      r.r1 = CORE.status(merge);
      r.r2 = seenOfA;
      r.r3 = seenOfB;
    }
  }

  @JCStressTest
  @Description("A thread writes, then triggers; another makes a merge of that and looks at it.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Complete, and the write is seen.")
  @Outcome(id = "PENDING, .*", expect = ACCEPTABLE, desc = "Not complete: anything may be seen.")
  @Outcome(id = "TRIGGERED, 0", expect = FORBIDDEN, desc = "Complete, but the write is not seen.")
  @Outcome(expect = FORBIDDEN, desc = "Nothing was poisoned.")
  @State
  public static class MergeStatus {
    private final long event = CORE.create();
    private int data;

    @Actor
    public void trigger() {
      data = 1;
      CORE.trigger(event);
    }

    @Actor
    public void look(LI_Result r) {
      r.r1 = CORE.status(CORE.merge(event));
      r.r2 = data;
    }
  }

  @JCStressTest
  @Description(
      "A thread writes, then triggers and creates the next event in the slot; another looks at the"
          + " handle, which is stale by then.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Complete, and the write is seen.")
  @Outcome(id = "PENDING, .*", expect = ACCEPTABLE, desc = "Not complete: anything may be seen.")
  @Outcome(id = "TRIGGERED, 0", expect = FORBIDDEN, desc = "Complete, but the write is not seen.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody poisoned the event.")
  @State
  public static class StaleStatus {
    private final long event = CORE.create();
    private int data;

    @Actor
    public void trigger() {
      data = 1;
      CORE.trigger(event);
      CORE.trigger(CORE.create());
    }

    @Actor
    public void look(LI_Result r) {
      r.r1 = CORE.status(event);
      r.r2 = data;
    }
  }
}
