package dev.carillon.event;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZLI_Result;

/**
 * Shutdown ends every wait, those of events that were created too late for it to find included.
 * Each state has a system of its own, which makes these the slowest of the tests.
 */
public final class ShutdownStress {
  private ShutdownStress() {}

  private static EventCore small() {
    return Shared.core(c -> c.withMaxEvents(8));
  }

  @JCStressTest
  @Description("A thread creates an event and waits for it while the system is shut down.")
  @Outcome(id = "shut down: end", expect = ACCEPTABLE, desc = "The wait ended with the reason.")
  @Outcome(id = "REFUSED", expect = ACCEPTABLE, desc = "The event could not be created any more.")
  @Outcome(
      id = "LOST",
      expect = FORBIDDEN,
      desc = "Neither did shutdown find the waiter's event, nor the waiter the shutdown.")
  @Outcome(expect = FORBIDDEN, desc = "The wait ended for another reason.")
  @State
  public static class CreateAwait {
    private final EventCore core = small();

    @Actor
    public void shutdown() {
      core.shutdown("end");
    }

    @Actor
    public void await(L_Result r) {
      try {
        r.r1 = Shared.await(core, core.create());
      } catch (SystemClosedException e) {
        r.r1 = "REFUSED";
      }
    }
  }

  @JCStressTest
  @Description("A thread creates an event and listens to it while the system is shut down.")
  @Outcome(id = "shut down: end, 1", expect = ACCEPTABLE, desc = "Told once.")
  @Outcome(id = "REFUSED, 0", expect = ACCEPTABLE, desc = "The event could not be created.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "The event outlived its system.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The listener was lost.")
  @Outcome(expect = FORBIDDEN, desc = "The listener was told twice, or of something else.")
  @State
  public static class CreateListen {
    private final EventCore core = small();
    private final Shared.Tally listener = new Shared.Tally();
    private long event;

    @Actor
    public void shutdown() {
      core.shutdown("end");
    }

    @Actor
    public void listen() {
      try {
        event = core.create();
        core.listen(event, listener);
      } catch (SystemClosedException e) {
        event = 0;
      }
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = event == 0 ? "REFUSED" : Shared.outcome(core, event);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("An event is triggered while the system is shut down.")
  @Outcome(id = "true, TRIGGERED, 1", expect = ACCEPTABLE, desc = "Triggered in time.")
  @Outcome(id = "false, shut down: end, 1", expect = ACCEPTABLE, desc = "Poisoned by shutdown.")
  @Outcome(expect = FORBIDDEN, desc = "Completed twice, never, or without telling the listener.")
  @State
  public static class Trigger {
    private final EventCore core = small();
    private final Shared.Tally listener = new Shared.Tally();
    private final long event = core.create();

    {
      core.listen(event, listener);
    }

    @Actor
    public void shutdown() {
      core.shutdown("end");
    }

    @Actor
    public void trigger(ZLI_Result r) {
      r.r1 = core.tryTrigger(event);
    }

    @Arbiter
    public void after(ZLI_Result r) {
      r.r2 = Shared.outcome(core, event);
      r.r3 = listener.get();
    }
  }

  @JCStressTest
  @Description("The last input of a merge is triggered while the system is shut down.")
  @Outcome(id = "true, TRIGGERED, 1", expect = ACCEPTABLE, desc = "Triggered in time.")
  @Outcome(
      id = "true, shut down: end, 1",
      expect = ACCEPTABLE,
      desc = "The input was triggered in time, the merge was not.")
  @Outcome(id = "false, shut down: end, 1", expect = ACCEPTABLE, desc = "The merge came first.")
  @Outcome(id = "false, its input failed, 1", expect = ACCEPTABLE, desc = "The input came first.")
  @Outcome(expect = FORBIDDEN, desc = "Completed twice, never, or without telling the listener.")
  @State
  public static class TriggerInput {
    private final EventCore core = small();
    private final Shared.Tally listener = new Shared.Tally();
    private final long input = core.create();
    private final long merge = core.merge(input);

    {
      core.listen(merge, listener);
    }

    @Actor
    public void shutdown() {
      core.shutdown("end");
    }

    @Actor
    public void trigger(ZLI_Result r) {
      r.r1 = core.tryTrigger(input);
    }

    @Arbiter
    public void after(ZLI_Result r) {
      r.r2 = Shared.outcome(core, merge);
      r.r3 = listener.get();
    }
  }
}
