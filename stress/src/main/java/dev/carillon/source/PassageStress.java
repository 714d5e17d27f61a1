package dev.carillon.source;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.time.Clock;
import dev.carillon.time.Timers;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** Items are answered, answered twice, and given up, by several threads. */
public final class PassageStress {
  private PassageStress() {}

  // kept, as a logger that nobody holds forgets its level; every failure would be a line
  private static final Logger SILENT = Logger.getLogger("dev.carillon.source");

  static {
    SILENT.setLevel(Level.OFF);
  }

  private static final Timers TIMERS = Timers.on(Clock.system(), "stress");

  /** One run of a source with one item under way, in an outlet that has not answered. */
  private static final class Run {
    final AtomicInteger told = new AtomicInteger();
    final AtomicInteger well = new AtomicInteger();
    final LocalSource<Integer> source;
    final LocalIntake<Integer> intake;
    volatile @Nullable Receipt receipt;

    Run() {
      Outlet<Integer> outlet =
          new Outlet<>() {
            @Override
            public void accept(Item<Integer> item, Receipt asked) {
              receipt = asked;
            }

            @Override
            public boolean mayWait() {
              return false;
            }
          };
      source = new LocalSource<>(_ -> {}, outlet, SourceConfig.DEFAULT);
      intake = new LocalIntake<>(source, new Running<>(source, null), outlet, TIMERS);
      intake.offer(intake.item(1).withPosition("1"), this::settled);
    }

    private void settled(@Nullable Throwable failure) {
      told.incrementAndGet();
      if (failure == null) {
        well.incrementAndGet();
      }
    }

    Receipt receipt() {
      Receipt known = receipt;
      if (known == null) {
        throw new IllegalStateException("an outlet that does not wait has been called");
      }
      return known;
    }

    void report(III_Result r) {
      r.r1 = told.get();
      r.r2 = intake.room().underWay();
      r.r3 = well.get() * 10 + (source.position().isPresent() ? 1 : 0);
    }
  }

  @JCStressTest
  @Description("An item is said to be done and to have failed.")
  @Outcome(id = "1, 0, 11", expect = ACCEPTABLE, desc = "It was done.")
  @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "It failed, and was passed over.")
  @Outcome(expect = FORBIDDEN, desc = "Both counted, or none; or its place was lost.")
  @State
  public static class DoneFailed {
    private final Run run = new Run();

    @Actor
    public void done() {
      run.receipt().done();
    }

    @Actor
    public void failed() {
      run.receipt().failed(new IllegalStateException("as it should"));
    }

    @Arbiter
    public void after(III_Result r) {
      run.report(r);
    }
  }

  @JCStressTest
  @Description("An item is done while the source gives it up.")
  @Outcome(
      id = "1, 0, 11",
      expect = ACCEPTABLE,
      desc = "It was done, and the position is behind it.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "It was given up, and comes again.")
  @Outcome(
      id = "1, 0, 1",
      expect = FORBIDDEN,
      desc = "It was given up, but the position passed it.")
  @Outcome(id = "1, 0, 10", expect = FORBIDDEN, desc = "It was done, and comes again.")
  @Outcome(expect = FORBIDDEN, desc = "Both counted, or none; or its place was lost.")
  @State
  public static class DoneAbandoned {
    private final Run run = new Run();

    @Actor
    public void done() {
      run.receipt().done();
    }

    @Actor
    public void abandon() {
      run.intake.abandon();
    }

    @Arbiter
    public void after(III_Result r) {
      run.report(r);
    }
  }

  @JCStressTest
  @Description("An outlet says what abandons an item while the source gives it up.")
  @Outcome(id = "1, 0, 100", expect = ACCEPTABLE, desc = "The action has run, once.")
  @Outcome(expect = FORBIDDEN, desc = "It has run twice, or never; or the item is kept.")
  @State
  public static class OnAbandonedAbandoned {
    private final Run run = new Run();
    private final AtomicInteger ran = new AtomicInteger();

    @Actor
    public void say() {
      run.receipt().onAbandoned(ran::incrementAndGet);
    }

    @Actor
    public void abandon() {
      run.intake.abandon();
    }

    @Arbiter
    public void after(III_Result r) {
      run.report(r);
      r.r3 += ran.get() * 100;
    }
  }

  @JCStressTest
  @Description("Two items are done at once, which both move the position.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "The position is behind both.")
  @Outcome(expect = FORBIDDEN, desc = "It went back, or is behind none.")
  @State
  public static class DoneDone {
    private final PositionKeeper keeper = new PositionKeeper(SourceConfig.DEFAULT);
    private final PositionTrack track = new PositionTrack(keeper);
    private final PositionTrack.Place one = track.add("1");
    private final PositionTrack.Place two = track.add("2");

    @Actor
    public void one() {
      track.done(one);
    }

    @Actor
    public void two() {
      track.done(two);
    }

    @Arbiter
    public void after(I_Result r) {
      String position = keeper.position();
      r.r1 = position == null ? 0 : Integer.parseInt(position);
    }
  }

  @JCStressTest
  @Description("A track that tells the keeper after it has left its monitor: DoneDone forbids it.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "The position is behind both.")
  @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "The position went back.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this track does that.")
  @State
  public static class TellAfterwards {
    private final boolean[] done = new boolean[2]; // guarded by this
    private int reached; // guarded by this
    private volatile int position;

    private void done(int place) {
      int last = 0;
      synchronized (this) {
        done[place] = true;
        while (reached < 2 && done[reached]) {
          reached++;
          last = reached;
        }
      }
      if (last > 0) {
        position = last;
      }
    }

    @Actor
    public void one() {
      done(0);
    }

    @Actor
    public void two() {
      done(1);
    }

    @Arbiter
    public void after(I_Result r) {
      r.r1 = position;
    }
  }
}
