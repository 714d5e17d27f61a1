package dev.carillon.source;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicBoolean;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A poke that is wrong, to show that the fault which {@link OutboxStress} forbids is really seen
 * when it is there.
 */
public final class OutboxBrokenStress {
  private OutboxBrokenStress() {}

  @JCStressTest
  @Description("A look that says it is over after it has taken, not before: PokeLook forbids it.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The look found the frame.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The frame came later, and is to be looked at.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Found, and looked at once more for nothing.")
  @Outcome(
      id = "0, 0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "The frame came between taking and saying so: it waits, and nobody is told.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this one does that.")
  @State
  public static class TakeThenClear {
    private final Outbox outbox = new Outbox();
    private final AtomicBoolean isPoked = new AtomicBoolean(true); // for a frame that is done with

    @Actor
    public void push() {
      outbox.push(OutboxStress.frame(1), 10);
      isPoked.compareAndSet(false, true);
    }

    @Actor
    public void look(II_Result r) {
      r.r1 = OutboxStress.digits(outbox.take());
      isPoked.set(false);
    }

    @Arbiter
    public void after(II_Result r) {
      r.r2 = isPoked.get() ? 1 : 0;
    }
  }
}
