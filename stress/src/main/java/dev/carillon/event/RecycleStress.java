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
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZLL_Result;

/**
 * A handle means its own event for ever. In each test a thread completes an event and creates the
 * next one, which gets the same slot, while another thread uses the handle of the old one.
 */
public final class RecycleStress {
  private RecycleStress() {}

  @JCStressTest
  @Description("The old event is looked at twice; it was triggered, its successor is poisoned.")
  @Outcome(id = "PENDING, PENDING", expect = ACCEPTABLE, desc = "Both looks came before.")
  @Outcome(id = "PENDING, TRIGGERED", expect = ACCEPTABLE, desc = "One before and one after.")
  @Outcome(id = "TRIGGERED, TRIGGERED", expect = ACCEPTABLE, desc = "Both looks came after.")
  @Outcome(id = ".*next.*", expect = FORBIDDEN, desc = "The successor's outcome was shown.")
  @Outcome(expect = FORBIDDEN, desc = "A complete event went back, as its successor is pending.")
  @State
  public static class LookAtTriggered {
    private final long old = CORE.create();

    @Actor
    public void reuse() {
      CORE.trigger(old);
      CORE.poison(CORE.create(), "next");
    }

    @Actor
    public void look(LL_Result r) {
      r.r1 = Shared.outcome(CORE, old);
      r.r2 = Shared.outcome(CORE, old);
    }
  }

  @JCStressTest
  @Description("The old event is looked at twice; it was poisoned, its successor is triggered.")
  @Outcome(id = "PENDING, PENDING", expect = ACCEPTABLE, desc = "Both looks came before.")
  @Outcome(id = "PENDING, old", expect = ACCEPTABLE, desc = "One before and one after.")
  @Outcome(id = "old, old", expect = ACCEPTABLE, desc = "Both looks came after.")
  @Outcome(id = ".*TRIGGERED.*", expect = FORBIDDEN, desc = "Poison turned into success.")
  @Outcome(expect = FORBIDDEN, desc = "A complete event went back, as its successor is pending.")
  @State
  public static class LookAtPoisoned {
    private final long old = CORE.create();

    @Actor
    public void reuse() {
      CORE.poison(old, "old");
      CORE.trigger(CORE.create());
    }

    @Actor
    public void look(LL_Result r) {
      r.r1 = Shared.outcome(CORE, old);
      r.r2 = Shared.outcome(CORE, old);
    }
  }

  @JCStressTest
  @Description("The old event is triggered by two threads, one of which creates its successor.")
  @Outcome(id = "true, TRIGGERED, PENDING", expect = ACCEPTABLE, desc = "The other thread won.")
  @Outcome(id = "false, TRIGGERED, PENDING", expect = ACCEPTABLE, desc = "The other thread lost.")
  @Outcome(
      id = ".*, TRIGGERED, TRIGGERED",
      expect = FORBIDDEN,
      desc = "A stale trigger completed the next generation.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody completed the old event.")
  @State
  public static class TriggerLate {
    private final long old = CORE.create();
    private long next;

    @Actor
    public void reuse() {
      CORE.tryTrigger(old);
      next = CORE.create();
    }

    @Actor
    public void late(ZLL_Result r) {
      r.r1 = CORE.tryTrigger(old);
    }

    @Arbiter
    public void after(ZLL_Result r) {
      r.r2 = Shared.outcome(CORE, old);
      r.r3 = Shared.outcome(CORE, next);
      CORE.tryTrigger(next);
    }
  }

  @JCStressTest
  @Description("The old event is poisoned while it is triggered and its successor created.")
  @Outcome(id = "true, late, PENDING", expect = ACCEPTABLE, desc = "The poison won.")
  @Outcome(id = "false, TRIGGERED, PENDING", expect = ACCEPTABLE, desc = "The poison lost.")
  @Outcome(
      id = ".*, .*, late",
      expect = FORBIDDEN,
      desc = "Stale poison completed the next generation.")
  @Outcome(expect = FORBIDDEN, desc = "The poison's answer does not agree with the outcome.")
  @State
  public static class PoisonLate {
    private final long old = CORE.create();
    private long next;

    @Actor
    public void reuse() {
      CORE.tryTrigger(old);
      next = CORE.create();
    }

    @Actor
    public void late(ZLL_Result r) {
      r.r1 = CORE.tryPoison(old, "late");
    }

    @Arbiter
    public void after(ZLL_Result r) {
      r.r2 = Shared.outcome(CORE, old);
      r.r3 = Shared.outcome(CORE, next);
      CORE.tryTrigger(next);
    }
  }

  @JCStressTest
  @Description("A listener is added to the old event while its successor is created.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Told of its own event, once.")
  @Outcome(
      id = "0, 1",
      expect = FORBIDDEN,
      desc = "Added to the next generation, and told of that.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The listener was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Told of the next generation as well.")
  @State
  public static class ListenLate {
    private final long old = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private long next;

    @Actor
    public void reuse() {
      CORE.trigger(old);
      next = CORE.create();
    }

    @Actor
    public void late() {
      CORE.listen(old, listener);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = listener.get();
      CORE.trigger(next);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description(
      "A listener is removed from the old event while its node is used again for a listener of"
          + " the successor.")
  @Outcome(id = "true, 0, 1", expect = ACCEPTABLE, desc = "Removed in time.")
  @Outcome(id = "false, 1, 1", expect = ACCEPTABLE, desc = "Triggered first.")
  @Outcome(
      id = ".*, .*, 0",
      expect = FORBIDDEN,
      desc = "The late removal took the listener that has the node now.")
  @Outcome(expect = FORBIDDEN, desc = "Told twice, or after removal, or never.")
  @State
  public static class RemoveLate {
    private final long old = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private final Shared.Tally successor = new Shared.Tally();
    private final long registration = CORE.listen(old, listener);
    private long next;

    @Actor
    public void reuse() {
      CORE.trigger(old);
      next = CORE.create();
      CORE.listen(next, successor);
    }

    @Actor
    public void late(ZII_Result r) {
      r.r1 = CORE.remove(old, registration);
    }

    @Arbiter
    public void after(ZII_Result r) {
      CORE.trigger(next);
      r.r2 = listener.get();
      r.r3 = successor.get();
    }
  }

  @JCStressTest
  @Description("Two threads trigger an event each, both in the same slot one after the other.")
  @Outcome(id = "TRIGGERED, ok", expect = ACCEPTABLE, desc = "Each new event has its own handle.")
  @Outcome(id = ".*, SAME", expect = FORBIDDEN, desc = "The slot was freed twice.")
  @Outcome(id = ".*, COMPLETE", expect = FORBIDDEN, desc = "A new event was complete already.")
  @Outcome(expect = FORBIDDEN, desc = "The old event was not triggered.")
  @State
  public static class FreeOnce {
    private final long old = CORE.create();
    private long one;
    private long other;

    @Actor
    public void one() {
      CORE.tryTrigger(old);
      one = CORE.create();
    }

    @Actor
    public void other() {
      CORE.tryTrigger(old);
      other = CORE.create();
    }

    @Arbiter
    public void after(LL_Result r) {
      r.r1 = Shared.outcome(CORE, old);
      r.r2 = Shared.fresh(CORE, one, other);
    }
  }
}
