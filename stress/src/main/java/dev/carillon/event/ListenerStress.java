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
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A listener is told exactly once, unless its removal said that it will not be. */
public final class ListenerStress {
  private ListenerStress() {}

  @JCStressTest
  @Description("A listener is added to an event that another thread triggers.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "Told once, at once or by the trigger.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "Added after the trigger had looked: lost.")
  @Outcome(expect = FORBIDDEN, desc = "Told at once and by the trigger as well.")
  @State
  public static class TriggerListen {
    private final long event = CORE.create();
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
    public void after(I_Result r) {
      r.r1 = listener.get();
    }
  }

  @JCStressTest
  @Description("A listener is added to an event that another thread poisons.")
  @Outcome(id = "why, 1", expect = ACCEPTABLE, desc = "Told once, with the reason.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The listener was lost.")
  @Outcome(id = "null, 1", expect = FORBIDDEN, desc = "Poison was taken for success.")
  @Outcome(expect = FORBIDDEN, desc = "Told twice, or of something else.")
  @State
  public static class PoisonListen {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private volatile String reason;

    @Actor
    public void poison() {
      CORE.poison(event, "why");
    }

    @Actor
    public void listen() {
      CORE.listen(
          event,
          poison -> {
            reason = poison == null ? null : poison.reason();
            listener.completed(poison);
          });
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = reason;
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("Two threads add a listener each to an event that a third triggers.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "Both were told.")
  @Outcome(id = "0|1", expect = FORBIDDEN, desc = "A push on the list undid another, or was lost.")
  @Outcome(expect = FORBIDDEN, desc = "A listener was told twice.")
  @State
  public static class TriggerListenListen {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void one() {
      CORE.listen(event, listener);
    }

    @Actor
    public void other() {
      CORE.listen(event, listener);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = listener.get();
    }
  }

  @JCStressTest
  @Description("A listener is removed while its event is triggered.")
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Removed first, and never told.")
  @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "Triggered first, and told.")
  @Outcome(id = "true, .*", expect = FORBIDDEN, desc = "Told although its removal had succeeded.")
  @Outcome(id = "false, 0", expect = FORBIDDEN, desc = "Not removed, and never told: lost.")
  @Outcome(expect = FORBIDDEN, desc = "Told twice.")
  @State
  public static class TriggerRemove {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private final long registration = CORE.listen(event, listener);

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void remove(ZI_Result r) {
      r.r1 = CORE.remove(event, registration);
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("A listener is added and removed again while its event is triggered.")
  @Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "Removed first, and never told.")
  @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "Triggered first, and told.")
  @Outcome(id = "true, .*", expect = FORBIDDEN, desc = "Told although its removal had succeeded.")
  @Outcome(id = "false, 0", expect = FORBIDDEN, desc = "Not removed, and never told: lost.")
  @Outcome(expect = FORBIDDEN, desc = "Told twice.")
  @State
  public static class TriggerListenRemove {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Actor
    public void listen(ZI_Result r) {
      r.r1 = CORE.remove(event, CORE.listen(event, listener));
    }

    @Arbiter
    public void after(ZI_Result r) {
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("Two threads remove the same listener.")
  @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "The first one did.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "The second one did.")
  @Outcome(
      id = "true, true, .*",
      expect = FORBIDDEN,
      desc = "Both claimed the node, so both will free it.")
  @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "Nobody removed it.")
  @Outcome(expect = FORBIDDEN, desc = "Told although it was removed.")
  @State
  public static class RemoveRemove {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private final long registration = CORE.listen(event, listener);

    @Actor
    public void one(ZZI_Result r) {
      r.r1 = CORE.remove(event, registration);
    }

    @Actor
    public void other(ZZI_Result r) {
      r.r2 = CORE.remove(event, registration);
    }

    @Arbiter
    public void after(ZZI_Result r) {
      CORE.trigger(event);
      r.r3 = listener.get();
    }
  }

  @JCStressTest
  @Description(
      "The newest of three waiters, which is popped, and the one below it are removed at once.")
  @Outcome(id = "true, true, a", expect = ACCEPTABLE, desc = "Both removed, the third was told.")
  @Outcome(id = "true, true, ", expect = FORBIDDEN, desc = "The third waiter was unlinked as well.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "A removed waiter was told.")
  @Outcome(expect = FORBIDDEN, desc = "A pending waiter could not be removed.")
  @State
  public static class RemoveHeadRemoveInner {
    private final long event = CORE.create();
    private final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(event, told.of("a"));
    }

    private final long inner = CORE.listen(event, told.of("b"));
    private final long head = CORE.listen(event, told.of("c"));

    @Actor
    public void head(ZZL_Result r) {
      r.r1 = CORE.remove(event, head);
    }

    @Actor
    public void inner(ZZL_Result r) {
      r.r2 = CORE.remove(event, inner);
    }

    @Arbiter
    public void after(ZZL_Result r) {
      CORE.trigger(event);
      r.r3 = told.toString();
    }
  }

  @JCStressTest
  @Description("Two of three waiters are removed while the event is triggered.")
  @Outcome(id = "true, true, a", expect = ACCEPTABLE, desc = "Both removed.")
  @Outcome(id = "true, false, ab", expect = ACCEPTABLE, desc = "The newest removed.")
  @Outcome(id = "false, true, ac", expect = ACCEPTABLE, desc = "The inner one removed.")
  @Outcome(id = "false, false, abc", expect = ACCEPTABLE, desc = "Triggered first.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, or after removal, or never.")
  @State
  public static class TriggerRemoveRemove {
    private final long event = CORE.create();
    private final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(event, told.of("a"));
    }

    private final long inner = CORE.listen(event, told.of("b"));
    private final long head = CORE.listen(event, told.of("c"));

    @Actor
    public void head(ZZL_Result r) {
      r.r1 = CORE.remove(event, head);
    }

    @Actor
    public void inner(ZZL_Result r) {
      r.r2 = CORE.remove(event, inner);
    }

    @Actor
    public void trigger() {
      CORE.trigger(event);
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = told.toString();
    }
  }

  @JCStressTest
  @Description("The newest waiter is removed, which pops it, while another is pushed on top.")
  @Outcome(id = "true, ac", expect = ACCEPTABLE, desc = "Removed; the others told in order.")
  @Outcome(id = "true, a|true, c|true, ", expect = FORBIDDEN, desc = "A waiter was popped with it.")
  @Outcome(expect = FORBIDDEN, desc = "Not removed, or told twice, or out of order.")
  @State
  public static class ListenRemove {
    private final long event = CORE.create();
    private final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(event, told.of("a"));
    }

    private final long registration = CORE.listen(event, told.of("b"));

    @Actor
    public void listen() {
      CORE.listen(event, told.of("c"));
    }

    @Actor
    public void remove(ZL_Result r) {
      r.r1 = CORE.remove(event, registration);
    }

    @Arbiter
    public void after(ZL_Result r) {
      CORE.trigger(event);
      r.r2 = told.toString();
    }
  }

  @JCStressTest
  @Description("A cancelled registration is removed again, late, while its node is used anew.")
  @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Only the new owner removes its waiter.")
  @Outcome(
      id = "true, .*",
      expect = FORBIDDEN,
      desc = "A used-up registration removed the waiter that has its node now.")
  @Outcome(expect = FORBIDDEN, desc = "The new waiter was gone before its owner removed it.")
  @State
  public static class RemoveLate {
    private final long event = CORE.create();
    private final Shared.Tally listener = new Shared.Tally();
    private final long used = CORE.listen(event, listener);

    {
      CORE.remove(event, used);
    }

    @Actor
    public void late(ZZ_Result r) {
      r.r1 = CORE.remove(event, used);
    }

    @Actor
    public void anew(ZZ_Result r) {
      r.r2 = CORE.remove(event, CORE.listen(event, listener));
    }

    @Arbiter
    public void after() {
      CORE.trigger(event);
    }
  }
}
