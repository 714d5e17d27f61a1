package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Pools and inboxes that are wrong, to show that the faults which {@link DispatchStress} forbids
 * are really seen when they are there. What would be forbidden is marked as interesting, so it does
 * not fail the run.
 */
public final class DispatchBrokenStress {
  private DispatchBrokenStress() {}

  @JCStressTest
  @Description(
      "A turn that looks for work and then ends, where ours ends and then looks:"
          + " PostPostOneThread forbids it.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It ran, and no thread is left.")
  @Outcome(
      id = "0, 0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "It was added after the look, by one who still saw the turn: a wake-up was lost.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this pool does that.")
  @State
  public static class LookThenEnd {
    private final AtomicInteger added = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicInteger turns = new AtomicInteger(1);

    private void run() {
      while (added.get() > 0) {
        added.decrementAndGet();
        ran.incrementAndGet();
      }
    }

    @Actor
    public void turn() {
      run();
      turns.decrementAndGet(); // and is gone, without another look
    }

    @Actor
    public void post() {
      added.incrementAndGet();
      if (turns.compareAndSet(0, 1)) {
        turn();
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = ran.get();
      r.r2 = turns.get();
    }
  }

  @JCStressTest
  @Description("An inbox that is pushed to by a store where ours has a CAS: InboxOrder forbids it.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "Both letters are there.")
  @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "One was stored over the other.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this inbox does that.")
  @State
  public static class StoreInsteadOfCas {
    private record Letter(@Nullable Letter next) {}

    private volatile @Nullable Letter inbox;

    private void push() {
      inbox = new Letter(inbox);
    }

    @Actor
    public void one() {
      push();
    }

    @Actor
    public void other() {
      push();
    }

    @Arbiter
    public void after(I_Result r) {
      for (Letter letter = inbox; letter != null; letter = letter.next()) {
        r.r1++;
      }
    }
  }

  @JCStressTest
  @Description(
      "A shard that takes its inbox before it says that something is ready: PostWhileRead forbids"
          + " it.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "The turn sees the letter or the entry.")
  @Outcome(
      id = "0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "It looked while the letter was in neither, and nobody comes back for it.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this shard does that.")
  @State
  public static class TakeThenRaise {
    private final AtomicInteger inbox = new AtomicInteger();
    private volatile int ready;

    @Actor
    public void post(I_Result r) {
      inbox.set(1);
      r.r1 = inbox.get() > 0 || ready > 0 ? 1 : 0;
    }

    @Actor
    public void read() {
      int letters = inbox.getAndSet(0);
      if (letters > 0) {
        ready = letters;
      }
    }
  }
}
