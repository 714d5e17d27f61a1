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
import org.openjdk.jcstress.infra.results.ZLI_Result;

/** No child outlives the scope it was added to. */
public final class ScopeStress {
  private ScopeStress() {}

  @JCStressTest
  @Description("A child is added while the parent is poisoned.")
  @Outcome(
      id = "the parent of its scope failed: why, 0",
      expect = ACCEPTABLE,
      desc = "Poisoned with the parent.")
  @Outcome(
      id = "PENDING, .*",
      expect = FORBIDDEN,
      desc = "Neither did the scope see the child, nor the child the scope's end: it is lost.")
  @Outcome(id = ".*, 1", expect = FORBIDDEN, desc = "The scope holds on to a complete child.")
  @Outcome(expect = FORBIDDEN, desc = "The child has another outcome than the parent.")
  @State
  public static class PoisonParent {
    private final long parent = CORE.create();
    private final ChildScope scope = new ChildScope(CORE, new LocalEvent(CORE, parent));
    private Event child;

    @Actor
    public void poison() {
      CORE.poison(parent, "why");
    }

    @Actor
    public void add() {
      child = scope.newEvent();
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = Shared.outcome(CORE, ((LocalEvent) child).raw);
      r.r2 = scope.pending();
    }
  }

  @JCStressTest
  @Description("A child is added while the scope is closed.")
  @Outcome(id = "its scope was closed, 0", expect = ACCEPTABLE, desc = "Poisoned by closing.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "The child was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Another reason, or the scope holds a complete child.")
  @State
  public static class Close {
    private final long parent = CORE.create();
    private final ChildScope scope = new ChildScope(CORE, new LocalEvent(CORE, parent));
    private Event child;

    @Actor
    public void close() {
      scope.close();
    }

    @Actor
    public void add() {
      child = scope.newEvent();
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = Shared.outcome(CORE, ((LocalEvent) child).raw);
      r.r2 = scope.pending();
      CORE.trigger(parent);
    }
  }

  @JCStressTest
  @Description("A child is triggered while its parent is poisoned.")
  @Outcome(id = "true, TRIGGERED, 0", expect = ACCEPTABLE, desc = "The child was done in time.")
  @Outcome(
      id = "false, the parent of its scope failed: why, 0",
      expect = ACCEPTABLE,
      desc = "The poison came first.")
  @Outcome(id = ".*, .*, 1", expect = FORBIDDEN, desc = "The scope holds a complete child.")
  @Outcome(expect = FORBIDDEN, desc = "The child's outcome is not that of the one who won.")
  @State
  public static class TriggerChild {
    private final long parent = CORE.create();
    private final ChildScope scope = new ChildScope(CORE, new LocalEvent(CORE, parent));
    private final long child = ((LocalEvent) scope.newEvent()).raw;

    @Actor
    public void poison() {
      CORE.poison(parent, "why");
    }

    @Actor
    public void trigger(ZLI_Result r) {
      r.r1 = CORE.tryTrigger(child);
    }

    @Arbiter
    public void after(ZLI_Result r) {
      r.r2 = Shared.outcome(CORE, child);
      r.r3 = scope.pending();
    }
  }
}
