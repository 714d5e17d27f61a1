package dev.carillon.time;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** A timer is cancelled or runs, never both and never neither. */
public final class TimerStress {
  private TimerStress() {}

  /** A timer that is due, on a clock whose alarm an actor rings. */
  abstract static class Due implements Clock {
    private volatile long nanos;
    private Runnable ring = () -> {};

    final Timers timers = Timers.on(this, "stress");
    final AtomicInteger ran = new AtomicInteger();
    final Timer timer = timers.scheduleAt(Timers.TICK_NANOS, ran::incrementAndGet);

    /** Lets the alarm ring at a tick, the first or a later one. */
    final void fire(int tick) {
      nanos = tick * Timers.TICK_NANOS;
      ring.run();
    }

    @Override
    public final long nanos() {
      return nanos;
    }

    @Override
    public final Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public final Alarm alarm(String name, Runnable toRing) {
      ring = toRing;
      return new Alarm() {
        @Override
        public void set(long deadline) {}

        @Override
        public void close() {}
      };
    }
  }

  @JCStressTest
  @Description("A timer is cancelled as it fires.")
  @Outcome(id = "true, 0, 0", expect = ACCEPTABLE, desc = "Cancelled first.")
  @Outcome(id = "false, 1, 0", expect = ACCEPTABLE, desc = "Fired first.")
  @Outcome(id = "true, 1, .*", expect = FORBIDDEN, desc = "It ran although it was cancelled.")
  @Outcome(id = "false, 0, .*", expect = FORBIDDEN, desc = "It neither ran nor was cancelled.")
  @Outcome(expect = FORBIDDEN, desc = "It ran twice, or is still counted.")
  @State
  public static class CancelFire extends Due {
    @Actor
    public void cancel(ZII_Result r) {
      r.r1 = timer.cancel();
    }

    @Actor
    public void alarm() {
      fire(2);
    }

    @Arbiter
    public void after(ZII_Result r) {
      r.r2 = ran.get();
      r.r3 = timers.pending();
    }
  }

  @JCStressTest
  @Description("A timer is cancelled twice.")
  @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "The first cancelled it.")
  @Outcome(id = "false, true, 0", expect = ACCEPTABLE, desc = "The second cancelled it.")
  @Outcome(id = "true, true, 0", expect = FORBIDDEN, desc = "Both cancelled the same timer.")
  @Outcome(expect = FORBIDDEN, desc = "It ran, or nobody cancelled it.")
  @State
  public static class CancelTwice extends Due {
    @Actor
    public void one(ZZI_Result r) {
      r.r1 = timer.cancel();
    }

    @Actor
    public void two(ZZI_Result r) {
      r.r2 = timer.cancel();
    }

    @Arbiter
    public void after(ZZI_Result r) {
      fire(2);
      r.r3 = ran.get();
    }
  }

  @JCStressTest
  @Description("A timer that is due is added as another fires.")
  @Outcome(
      id = "false, 2, 0",
      expect = ACCEPTABLE,
      desc = "Both ran, at the latest at the next alarm.")
  @Outcome(expect = FORBIDDEN, desc = "A timer was lost.")
  @State
  public static class AddFire extends Due {
    @Actor
    public void add() {
      timers.scheduleAt(Timers.TICK_NANOS, ran::incrementAndGet);
    }

    @Actor
    public void alarm() {
      fire(2);
    }

    @Arbiter
    public void after(ZII_Result r) {
      fire(10);
      r.r1 = timer.cancel();
      r.r2 = ran.get();
      r.r3 = timers.pending();
    }
  }
}
