package dev.carillon.event;

import static dev.carillon.event.Shared.CORE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZLL_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;

/** Whoever waits is woken, whether the event completes before, during or after registration. */
public final class AwaitStress {
  private static final Duration SHORT = Duration.ofNanos(1_000);

  private AwaitStress() {}

  @JCStressTest
  @Description("One thread waits for an event that another triggers.")
  @Outcome(id = "TRIGGERED", expect = ACCEPTABLE, desc = "The wait ended.")
  @Outcome(id = "LOST", expect = FORBIDDEN, desc = "The waiter was never woken.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody poisoned the event or interrupted the thread.")
  @State
  public static class TriggerAwait {
    private final long event = CORE.create();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void await(L_Result r) {
      r.r1 = Shared.await(CORE, event);
    }
  }

  @JCStressTest
  @Description("One thread waits for an event that another poisons.")
  @Outcome(id = "why", expect = ACCEPTABLE, desc = "The wait ended with the reason.")
  @Outcome(id = "LOST", expect = FORBIDDEN, desc = "The waiter was never woken.")
  @Outcome(id = "TRIGGERED", expect = FORBIDDEN, desc = "Poison was taken for success.")
  @Outcome(expect = FORBIDDEN, desc = "The reason is not the one given.")
  @State
  public static class PoisonAwait {
    private final long event = CORE.create();

    @Actor
    public void poison() {
      CORE.poison(event, "why");
    }

    @Actor
    public void await(L_Result r) {
      r.r1 = Shared.await(CORE, event);
    }
  }

  @JCStressTest
  @Description("Two threads wait for an event that a third triggers.")
  @Outcome(id = "TRIGGERED, TRIGGERED", expect = ACCEPTABLE, desc = "Both waits ended.")
  @Outcome(id = ".*LOST.*", expect = FORBIDDEN, desc = "A waiter was never woken.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody poisoned the event or interrupted a thread.")
  @State
  public static class TriggerAwaitAwait {
    private final long event = CORE.create();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void one(LL_Result r) {
      r.r1 = Shared.await(CORE, event);
    }

    @Actor
    public void other(LL_Result r) {
      r.r2 = Shared.await(CORE, event);
    }
  }

  @JCStressTest
  @Description("A wait runs out of time, which removes its waiter, while the event is triggered.")
  @Outcome(id = "true, TRIGGERED", expect = ACCEPTABLE, desc = "The trigger came in time.")
  @Outcome(id = "true, LOST", expect = ACCEPTABLE, desc = "The time passed first.")
  @Outcome(expect = FORBIDDEN, desc = "The wait completed the event, which it must leave alone.")
  @State
  public static class TriggerTimeout {
    private final long event = CORE.create();

    @Actor
    public void trigger(ZL_Result r) {
      r.r1 = CORE.tryTrigger(event);
    }

    @Actor
    public void await(ZL_Result r) {
      r.r2 = Shared.await(CORE, event, SHORT);
    }
  }

  @JCStressTest
  @Description(
      "Two waits run out of time, which takes their waiters out of the list, while a listener is"
          + " added below, between or above them.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The listener is told once.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The listener was unlinked with a waiter.")
  @Outcome(expect = FORBIDDEN, desc = "The listener was told twice.")
  @State
  public static class TimeoutTimeout {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();

    @Actor
    public void one() {
      Shared.await(CORE, event, SHORT);
    }

    @Actor
    public void other() {
      CORE.listen(event, listener);
      Shared.await(CORE, event, SHORT);
    }

    @Arbiter
    public void after(L_Result r) {
      CORE.trigger(event);
      r.r1 = listener.get();
    }
  }

  @JCStressTest
  @Description("A stage of an event is cancelled while the event is triggered.")
  @Outcome(
      id = "true, TRIGGERED, CANCELLED",
      expect = ACCEPTABLE,
      desc = "Cancelled first; the event was triggered all the same.")
  @Outcome(id = "false, TRIGGERED, SUCCESS", expect = ACCEPTABLE, desc = "Triggered first.")
  @Outcome(id = ".*, .*, RUNNING", expect = FORBIDDEN, desc = "Neither completed the stage.")
  @Outcome(expect = FORBIDDEN, desc = "Cancelling the stage touched the event, or lied.")
  @State
  public static class TriggerCancel {
    private final long event = CORE.create();
    private final CompletableFuture<Void> stage = Awaiter.of(CORE, event).toCompletableFuture();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void cancel(ZLL_Result r) {
      r.r1 = stage.cancel(false);
    }

    @Arbiter
    public void after(ZLL_Result r) {
      r.r2 = Shared.outcome(CORE, event);
      r.r3 = stage.state();
    }
  }
}
