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
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/**
 * Taking removed waiters out of a list loses nobody, tells nobody twice and keeps the order. Each
 * state is one removal short of compacting a list of three waiters: a, b and c, the newest.
 */
public final class CompactionStress {
  private CompactionStress() {}

  /** An event whose waiters a, b and c are compacted once b is removed. */
  abstract static class Full {
    final long event = CORE.create();
    final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(event, told.of("a"));
    }

    final long inner = CORE.listen(event, told.of("b"));
    final long head = CORE.listen(event, told.of("c"));

    {
      Shared.fillUpToCompaction(CORE, event);
    }
  }

  @JCStressTest
  @Description("The list is compacted while the event is triggered.")
  @Outcome(id = "true, ac", expect = ACCEPTABLE, desc = "Removed; the others were told in order.")
  @Outcome(id = "false, abc", expect = ACCEPTABLE, desc = "Triggered first: all told in order.")
  @Outcome(
      id = "true, ",
      expect = FORBIDDEN,
      desc = "The trigger found the list detached, and the compacting thread did not deliver.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, after removal, never, or too soon.")
  @State
  public static class Trigger extends Full {
    @Actor
    public void remove(ZL_Result r) {
      r.r1 = CORE.remove(event, inner);
    }

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Arbiter
    public void after(ZL_Result r) {
      r.r2 = told.toString();
    }
  }

  @JCStressTest
  @Description("The list is compacted while the event is poisoned.")
  @Outcome(id = "ac, why", expect = ACCEPTABLE, desc = "Removed; the others were told in order.")
  @Outcome(id = "abc, why", expect = ACCEPTABLE, desc = "Poisoned first: all told in order.")
  @Outcome(id = ".*, TRIGGERED", expect = FORBIDDEN, desc = "Poison turned into success.")
  @Outcome(id = ".*, PENDING", expect = FORBIDDEN, desc = "Compacting undid the completion.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice or never, or too soon.")
  @State
  public static class PoisonIt extends Full {
    @Actor
    public void remove() {
      CORE.remove(event, inner);
    }

    @Actor
    public void poison() {
      CORE.poison(event, "why");
    }

    @Arbiter
    public void after(LL_Result r) {
      r.r1 = told.toString();
      r.r2 = Shared.outcome(CORE, event);
    }
  }

  @JCStressTest
  @Description("A waiter is pushed while the list is detached for compacting.")
  @Outcome(id = "true, acd", expect = ACCEPTABLE, desc = "All told in the order they came.")
  @Outcome(
      id = "true, d|true, ac",
      expect = FORBIDDEN,
      desc = "Putting the list back dropped it, or what was pushed meanwhile.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, or out of order.")
  @State
  public static class Push extends Full {
    @Actor
    public void remove(ZL_Result r) {
      r.r1 = CORE.remove(event, inner);
    }

    @Actor
    public void push() {
      CORE.listen(event, told.of("d"));
    }

    @Arbiter
    public void after(ZL_Result r) {
      CORE.trigger(event);
      r.r2 = told.toString();
    }
  }

  @JCStressTest
  @Description(
      "The newest waiter is removed while the list is compacted and two others are pushed, which"
          + " may get the nodes that the compaction freed.")
  @Outcome(id = "true, true, ade", expect = ACCEPTABLE, desc = "Both removed, the others told.")
  @Outcome(
      id = "true, true, .*",
      expect = FORBIDDEN,
      desc = "The remover took the new waiter in the node that was its own for the old one.")
  @Outcome(expect = FORBIDDEN, desc = "A pending waiter could not be removed.")
  @State
  public static class RemoveHead extends Full {
    @Actor
    public void head(ZZL_Result r) {
      r.r1 = CORE.remove(event, head);
    }

    @Actor
    public void inner(ZZL_Result r) {
      r.r2 = CORE.remove(event, inner);
      CORE.listen(event, told.of("d"));
      CORE.listen(event, told.of("e"));
    }

    @Arbiter
    public void after(ZZL_Result r) {
      CORE.trigger(event);
      r.r3 = told.toString();
    }
  }

  @JCStressTest
  @Description("The list is compacted while a waiter is pushed and the event is triggered.")
  @Outcome(id = "true, acd", expect = ACCEPTABLE, desc = "Removed first.")
  @Outcome(id = "false, abcd", expect = ACCEPTABLE, desc = "Triggered first.")
  @Outcome(
      id = "true, adc|true, dac|false, adbc|false, dabc|false, abdc",
      expect = ACCEPTABLE,
      desc = "Triggered first; d came after that, and was told on its own thread meanwhile.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, after removal, or never.")
  @State
  public static class PushTrigger extends Full {
    @Actor
    public void remove(ZL_Result r) {
      r.r1 = CORE.remove(event, inner);
    }

    @Actor
    public void push() {
      CORE.listen(event, told.of("d"));
    }

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Arbiter
    public void after(ZL_Result r) {
      r.r2 = told.toString();
    }
  }
}
