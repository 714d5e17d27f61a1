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
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;

/** An event completes once, for everybody in the same way, and never goes back. */
public final class CompletionStress {
  private CompletionStress() {}

  @JCStressTest
  @Description("Two threads trigger an event.")
  @Outcome(id = "true, false, TRIGGERED", expect = ACCEPTABLE, desc = "The first one did.")
  @Outcome(id = "false, true, TRIGGERED", expect = ACCEPTABLE, desc = "The second one did.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "The event completed twice.")
  @Outcome(
      id = "false, false, .*",
      expect = FORBIDDEN,
      desc = "Each was told that somebody had completed the event, and nobody had.")
  @Outcome(expect = FORBIDDEN, desc = "The event was triggered and does not say so.")
  @State
  public static class TriggerTrigger {
    private final long event = CORE.create();

    @Actor
    public void one(ZZL_Result r) {
      r.r1 = CORE.tryTrigger(event);
    }

    @Actor
    public void other(ZZL_Result r) {
      r.r2 = CORE.tryTrigger(event);
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = Shared.outcome(CORE, event);
    }
  }

  @JCStressTest
  @Description("One thread triggers an event and another poisons it.")
  @Outcome(id = "true, false, TRIGGERED", expect = ACCEPTABLE, desc = "The trigger came first.")
  @Outcome(id = "false, true, why", expect = ACCEPTABLE, desc = "The poison came first.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "The event completed twice.")
  @Outcome(
      id = "false, false, .*",
      expect = FORBIDDEN,
      desc = "Each was told that the other had won.")
  @Outcome(expect = FORBIDDEN, desc = "The outcome is not that of the one who won.")
  @State
  public static class TriggerPoison {
    private final long event = CORE.create();

    @Actor
    public void trigger(ZZL_Result r) {
      r.r1 = CORE.tryTrigger(event);
    }

    @Actor
    public void poison(ZZL_Result r) {
      r.r2 = CORE.tryPoison(event, "why");
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = Shared.outcome(CORE, event);
    }
  }

  @JCStressTest
  @Description("Two threads poison an event, each for a reason of its own.")
  @Outcome(id = "true, false, one", expect = ACCEPTABLE, desc = "The first one did.")
  @Outcome(id = "false, true, other", expect = ACCEPTABLE, desc = "The second one did.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "The event completed twice.")
  @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "Nobody completed the event.")
  @Outcome(expect = FORBIDDEN, desc = "The reason kept is not that of the one who won.")
  @State
  public static class PoisonPoison {
    private final long event = CORE.create();

    @Actor
    public void one(ZZL_Result r) {
      r.r1 = CORE.tryPoison(event, "one");
    }

    @Actor
    public void other(ZZL_Result r) {
      r.r2 = CORE.tryPoison(event, "other");
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = Shared.outcome(CORE, event);
    }
  }

  @JCStressTest
  @Description("One thread triggers an event and another looks at it twice.")
  @Outcome(id = "PENDING, PENDING", expect = ACCEPTABLE, desc = "Both looks came before.")
  @Outcome(id = "PENDING, TRIGGERED", expect = ACCEPTABLE, desc = "One before and one after.")
  @Outcome(id = "TRIGGERED, TRIGGERED", expect = ACCEPTABLE, desc = "Both looks came after.")
  @Outcome(id = "TRIGGERED, PENDING", expect = FORBIDDEN, desc = "A complete event went back.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody poisoned the event.")
  @State
  public static class TriggerLook {
    private final long event = CORE.create();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void look(LL_Result r) {
      r.r1 = CORE.status(event);
      r.r2 = CORE.status(event);
    }
  }

  @JCStressTest
  @Description(
      "One thread poisons an event; another looks at it, asks for the reason and looks again. The"
          + " status passes through POISONED in the old generation before the generation moves on.")
  @Outcome(id = "PENDING, null, PENDING", expect = ACCEPTABLE, desc = "All came before.")
  @Outcome(id = "PENDING, null, POISONED", expect = ACCEPTABLE, desc = "The last look came after.")
  @Outcome(id = "PENDING, why, POISONED", expect = ACCEPTABLE, desc = "The first look came before.")
  @Outcome(id = "POISONED, why, POISONED", expect = ACCEPTABLE, desc = "All came after.")
  @Outcome(id = "POISONED, null, .*", expect = FORBIDDEN, desc = "Poisoned, but for no reason.")
  @Outcome(id = ".*TRIGGERED.*", expect = FORBIDDEN, desc = "Poison was taken for success.")
  @Outcome(expect = FORBIDDEN, desc = "A complete event went back.")
  @State
  public static class PoisonLook {
    private final long event = CORE.create();

    @Actor
    public void poison() {
      CORE.poison(event, "why");
    }

    @Actor
    public void look(LLL_Result r) {
      r.r1 = CORE.status(event);
      Poison poison = CORE.poisonOf(event);
      r.r2 = poison == null ? null : poison.reason();
      r.r3 = CORE.status(event);
    }
  }
}
