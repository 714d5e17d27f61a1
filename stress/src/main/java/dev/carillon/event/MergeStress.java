package dev.carillon.event;

import static dev.carillon.event.Shared.CORE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.stream.Collectors;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLL_Result;
import org.openjdk.jcstress.infra.results.LL_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZLL_Result;

/** A merge completes once, after its last input, and its slot is free once after that. */
public final class MergeStress {
  private MergeStress() {}

  /** {@return the outcome of a merge, or of which inputs it was poisoned} */
  static String causes(long merge) {
    Poison poison = CORE.poisonOf(merge);
    return poison == null
        ? CORE.status(merge).toString()
        : poison.causes().stream().map(Poison::reason).collect(Collectors.joining("+"));
  }

  @JCStressTest
  @Description("The two inputs of a merge are triggered at once.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "The later one completed the merge.")
  @Outcome(
      id = "PENDING, .*",
      expect = FORBIDDEN,
      desc = "Neither took itself for the last, as both counted down from the same number.")
  @Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "The merge's listener was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Both took themselves for the last.")
  @State
  public static class TriggerTrigger {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long merge = CORE.merge(a, b);
    private final Shared.Tally listener = new Shared.Tally();

    {
      CORE.listen(merge, listener);
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
      r.r1 = causes(merge);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("Of the two inputs of a merge, one is triggered and the other poisoned.")
  @Outcome(id = "b, 1", expect = ACCEPTABLE, desc = "Poisoned, whichever came last.")
  @Outcome(id = "PENDING, .*", expect = FORBIDDEN, desc = "The merge never completed.")
  @Outcome(
      id = "TRIGGERED, .*",
      expect = FORBIDDEN,
      desc = "The last input did not see that the other had failed.")
  @Outcome(expect = FORBIDDEN, desc = "The listener was lost or told twice.")
  @State
  public static class TriggerPoison {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long merge = CORE.merge(a, b);
    private final Shared.Tally listener = new Shared.Tally();

    {
      CORE.listen(merge, listener);
    }

    @Actor
    public void one() {
      CORE.trigger(a);
    }

    @Actor
    public void other() {
      CORE.poison(b, "b");
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = causes(merge);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("The two inputs of a merge are poisoned at once.")
  @Outcome(id = "a\\+b, 1", expect = ACCEPTABLE, desc = "Both causes, in the order of the inputs.")
  @Outcome(id = "b\\+a, .*", expect = FORBIDDEN, desc = "Causes in the order of their coming.")
  @Outcome(id = "a, .*|b, .*", expect = FORBIDDEN, desc = "A cause was lost.")
  @Outcome(expect = FORBIDDEN, desc = "The merge did not complete exactly once, poisoned.")
  @State
  public static class PoisonPoison {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private final long merge = CORE.merge(a, b);
    private final Shared.Tally listener = new Shared.Tally();

    {
      CORE.listen(merge, listener);
    }

    @Actor
    public void one() {
      CORE.poison(a, "a");
    }

    @Actor
    public void other() {
      CORE.poison(b, "b");
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r1 = causes(merge);
      r.r2 = listener.get();
    }
  }

  @JCStressTest
  @Description("An input is triggered while the merge is made.")
  @Outcome(id = "TRIGGERED", expect = ACCEPTABLE, desc = "Counted, by the input or at once.")
  @Outcome(id = "PENDING", expect = FORBIDDEN, desc = "Nobody counted the input.")
  @Outcome(expect = FORBIDDEN, desc = "Nothing was poisoned.")
  @State
  public static class CreateTrigger {
    private final long a = CORE.create();
    private final long b = CORE.create();
    private long merge;

    @Actor
    public void create() {
      merge = CORE.merge(a, b);
    }

    @Actor
    public void trigger() {
      CORE.trigger(a);
      CORE.trigger(b);
    }

    @Arbiter
    public void after(L_Result r) {
      r.r1 = causes(merge);
    }
  }

  @JCStressTest
  @Description(
      "A merge is triggered by its handle while its last input completes; then both threads"
          + " create an event, which may get the slot.")
  @Outcome(id = "true, TRIGGERED, ok", expect = ACCEPTABLE, desc = "Triggered by the handle.")
  @Outcome(id = "false, TRIGGERED, ok", expect = ACCEPTABLE, desc = "Triggered by the input.")
  @Outcome(
      id = ".*, .*, SAME",
      expect = FORBIDDEN,
      desc = "The input and the one who came early both freed the slot.")
  @Outcome(
      id = ".*, .*, COMPLETE",
      expect = FORBIDDEN,
      desc = "The last input completed the event that has the slot now.")
  @Outcome(expect = FORBIDDEN, desc = "The merge was not triggered.")
  @State
  public static class EarlyTrigger {
    private final long a = CORE.create();
    private final long merge = CORE.merge(a);
    private long one;
    private long other;

    @Actor
    public void early(ZLL_Result r) {
      r.r1 = CORE.tryTrigger(merge);
      one = CORE.create();
    }

    @Actor
    public void input() {
      CORE.trigger(a);
      other = CORE.create();
    }

    @Arbiter
    public void after(ZLL_Result r) {
      r.r2 = causes(merge);
      r.r3 = Shared.fresh(CORE, one, other);
    }
  }

  @JCStressTest
  @Description(
      "A merge is poisoned by its handle while its last input fails; then both threads make a"
          + " merge, which may get the slot, of an event that they trigger.")
  @Outcome(id = "early, TRIGGERED, TRIGGERED", expect = ACCEPTABLE, desc = "The handle won.")
  @Outcome(
      id = "its input failed, TRIGGERED, TRIGGERED",
      expect = ACCEPTABLE,
      desc = "The input won.")
  @Outcome(
      id = ".*, .*failed.*",
      expect = FORBIDDEN,
      desc = "The failure outlived its merge and poisoned the next one in the slot.")
  @Outcome(expect = FORBIDDEN, desc = "A merge did not complete as its input did.")
  @State
  public static class EarlyPoison {
    private final long a = CORE.create();
    private final long x = CORE.create();
    private final long y = CORE.create();
    private final long merge = CORE.merge(a);

    @Actor
    public void early(LLL_Result r) {
      CORE.tryPoison(merge, "early");
      r.r2 = next(x);
    }

    @Actor
    public void input(LLL_Result r) {
      CORE.poison(a, "a");
      r.r3 = next(y);
    }

    private static String next(long input) {
      long merge = CORE.merge(input);
      CORE.trigger(input);
      return Shared.outcome(CORE, merge);
    }

    @Arbiter
    public void after(LLL_Result r) {
      r.r1 = Shared.outcome(CORE, merge);
    }
  }

  @JCStressTest
  @Description(
      "The last input of a merge is triggered while the merge's waiters are compacted; then both"
          + " threads create an event, which may get the slot.")
  @Outcome(id = "ac, TRIGGERED, ok", expect = ACCEPTABLE, desc = "Removed first.")
  @Outcome(id = "abc, TRIGGERED, ok", expect = ACCEPTABLE, desc = "Triggered first.")
  @Outcome(id = ".*, .*, SAME", expect = FORBIDDEN, desc = "The slot was freed twice.")
  @Outcome(id = ".*, PENDING, .*", expect = FORBIDDEN, desc = "The merge never completed.")
  @Outcome(expect = FORBIDDEN, desc = "A waiter of the merge was lost, or told twice.")
  @State
  public static class CompactTrigger {
    private final long a = CORE.create();
    private final long merge = CORE.merge(a);
    private final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(merge, told.of("a"));
    }

    private final long inner = CORE.listen(merge, told.of("b"));

    {
      CORE.listen(merge, told.of("c"));
      Shared.fillUpToCompaction(CORE, merge);
    }

    private long one;
    private long other;

    @Actor
    public void compact() {
      CORE.remove(merge, inner);
      one = CORE.create();
    }

    @Actor
    public void input() {
      CORE.trigger(a);
      other = CORE.create();
    }

    @Arbiter
    public void after(LLL_Result r) {
      r.r1 = told.toString();
      r.r2 = causes(merge);
      r.r3 = Shared.fresh(CORE, one, other);
    }
  }

  @JCStressTest
  @Description(
      "A merge is poisoned by its handle while its last input is poisoned and the merge's waiters"
          + " are compacted.")
  @Outcome(id = "ac, early", expect = ACCEPTABLE, desc = "Removed; the handle won.")
  @Outcome(id = "abc, early", expect = ACCEPTABLE, desc = "Not removed; the handle won.")
  @Outcome(id = "ac, its input failed", expect = ACCEPTABLE, desc = "Removed; the input won.")
  @Outcome(id = "abc, its input failed", expect = ACCEPTABLE, desc = "Not removed; the input won.")
  @Outcome(expect = FORBIDDEN, desc = "A waiter was lost or told twice, or the poison was.")
  @State
  public static class CompactEarlyPoison {
    private final long a = CORE.create();
    private final long merge = CORE.merge(a);
    private final Shared.Minutes told = new Shared.Minutes();

    {
      CORE.listen(merge, told.of("a"));
    }

    private final long inner = CORE.listen(merge, told.of("b"));

    {
      CORE.listen(merge, told.of("c"));
      Shared.fillUpToCompaction(CORE, merge);
    }

    @Actor
    public void compact() {
      CORE.remove(merge, inner);
    }

    @Actor
    public void early() {
      CORE.tryPoison(merge, "early");
    }

    @Actor
    public void input() {
      CORE.poison(a, "a");
    }

    @Arbiter
    public void after(LL_Result r) {
      r.r1 = told.toString();
      r.r2 = Shared.outcome(CORE, merge);
    }
  }
}
