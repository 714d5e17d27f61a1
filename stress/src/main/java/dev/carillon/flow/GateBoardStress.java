package dev.carillon.flow;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.time.Clock;
import dev.carillon.time.Timers;
import java.util.List;
import java.util.OptionalInt;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.IZI_Result;

/** Gates are released while those who wait for them leave or come. */
public final class GateBoardStress {
  private static final Timers TIMERS = Timers.on(Clock.system(), "unused"); // there are no rates
  private static final List<Integer> OUTER = List.of(0);
  private static final List<Integer> INNER = List.of(0, 1);

  private GateBoardStress() {}

  /** A gate within another, each for one at a time, and somebody inside of both. */
  abstract static class Board {
    final GateBoard board;
    final Told waiter = new Told();
    final Told comer = new Told();

    Board() {
      var plan = new CompiledPlan.GatePlan("gate", OptionalInt.of(1), null);
      board = new GateBoard(new CompiledPlan.GatePlan[] {plan, plan}, Clock.system(), TIMERS);
      board.acquire(() -> {}, INNER);
    }

    final int inUse() {
      return board.gates().getFirst().inUse() + 10 * board.gates().getLast().inUse();
    }
  }

  /** Counts how often it was told. */
  static final class Told implements GateBoard.Waiter {
    private int times; // by whoever has let it through

    @Override
    public void admitted() {
      times++;
    }
  }

  @JCStressTest
  @Description("Gates are released while who waits for them is withdrawn.")
  @Outcome(id = "1, false, 11", expect = ACCEPTABLE, desc = "It was let through before.")
  @Outcome(id = "0, true, 0", expect = ACCEPTABLE, desc = "It was withdrawn first.")
  @Outcome(id = "1, true, .*", expect = FORBIDDEN, desc = "Told though it was withdrawn.")
  @Outcome(id = "0, false, .*", expect = FORBIDDEN, desc = "Neither told nor let go.")
  @Outcome(expect = FORBIDDEN, desc = "A place is lost.")
  @State
  public static class ReleaseWithdraw extends Board {
    /** Has one wait. */
    public ReleaseWithdraw() {
      board.acquire(waiter, INNER);
    }

    @Actor
    public void release() {
      board.release(INNER);
    }

    @Actor
    public void withdraw(IZI_Result r) {
      r.r2 = board.withdraw(waiter);
    }

    @Arbiter
    public void after(IZI_Result r) {
      r.r1 = waiter.times;
      r.r3 = inUse();
    }
  }

  @JCStressTest
  @Description("Gates are released while somebody comes for one of them, behind one who waits.")
  @Outcome(id = "1, 0, 11", expect = ACCEPTABLE, desc = "Who came first was let through.")
  @Outcome(id = "0, 1, .*", expect = FORBIDDEN, desc = "Who came last was let through.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "Two wait at open gates.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "Two have the same place.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, or a place is lost.")
  @State
  public static class ReleaseAcquire extends Board {
    /** Has one wait. */
    public ReleaseAcquire() {
      board.acquire(waiter, INNER);
    }

    @Actor
    public void release() {
      board.release(INNER);
    }

    @Actor
    public void acquire() {
      board.acquire(comer, OUTER);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = waiter.times;
      r.r2 = comer.times;
      r.r3 = inUse();
    }
  }

  @JCStressTest
  @Description("Gates are released while somebody leaves and another comes.")
  @Outcome(id = "1, 0, 11", expect = ACCEPTABLE, desc = "Who left was let through before.")
  @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Who came was let through, the other left.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "Who came waits at an open gate.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "Two have the same place.")
  @Outcome(expect = FORBIDDEN, desc = "Somebody was told twice, or a place is lost.")
  @State
  public static class ReleaseWithdrawAcquire extends Board {
    /** Has one wait. */
    public ReleaseWithdrawAcquire() {
      board.acquire(waiter, INNER);
    }

    @Actor
    public void release() {
      board.release(INNER);
    }

    @Actor
    public void withdrawAcquire() {
      board.withdraw(waiter);
      board.acquire(comer, OUTER);
    }

    @Arbiter
    public void after(III_Result r) {
      r.r1 = waiter.times;
      r.r2 = comer.times;
      r.r3 = inUse();
    }
  }
}
