package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.EventSystem;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;

/** A lock is handed on while the one that waits for it gives up, and circles close. */
public final class LockStress {
  private static final EventSystem EVENTS = EventSystem.create(c -> c.withTraceEvery(0));
  private static final Duration SHORT = Duration.ofNanos(2_000);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private LockStress() {}

  private static final class Plain implements LockTable.Host {
    @Override
    public @Nullable TaskRun current() {
      return null;
    }

    @Override
    public long dueWithoutDeadline() {
      return 0;
    }

    @Override
    public void urge(TaskRun task, long wanted, int band) {}

    @Override
    public void proceed(TaskRun task) {}
  }

  private static LockTable table(DeadlockPolicy policy) {
    return new LockTable(EVENTS, policy, new Plain());
  }

  /** {@return a task that has the lock; jcstress makes states on the threads of the actors} */
  private static LockOwner holder(LockTable table, String id) {
    LockOwner owner = PermitStress.task(TaskOptions.DEFAULT.locks(id), 0).lockOwner();
    if (!table.acquire(owner)) {
      throw new IllegalStateException("a new table must have its locks free: id=" + id);
    }
    return owner;
  }

  /** {@return how it went to take a lock and give it back} */
  private static String visit(LockTable table, String id, Duration timeout) {
    try {
      Optional<LockLease> lease = table.acquireInAnyOrder(id, timeout);
      lease.ifPresent(LockLease::close);
      return lease.isPresent() ? "TAKEN" : "TIMEOUT";
    } catch (DeadlockException e) {
      return "GAVE WAY";
    } catch (InterruptedException e) {
      return "INTERRUPTED";
    }
  }

  @JCStressTest
  @Description("A lock is given back while the time of the one that waits for it runs out.")
  @Outcome(id = "TAKEN, 0", expect = ACCEPTABLE, desc = "The lock came in time.")
  @Outcome(id = "TIMEOUT, 0", expect = ACCEPTABLE, desc = "The time passed first.")
  @Outcome(
      id = ".*, 1",
      expect = FORBIDDEN,
      desc = "The lock was handed to one that had given up, and is held for ever.")
  @Outcome(expect = FORBIDDEN, desc = "Nobody interrupts, and there is no circle.")
  @State
  public static class HandOverTimeout {
    private final LockTable table = table(DeadlockPolicy.REQUESTER);
    private final LockOwner holder = holder(table, "a");

    @Actor
    public void give() {
      table.release(holder);
    }

    @Actor
    public void take(LI_Result r) {
      r.r1 = visit(table, "a", SHORT);
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r2 = table.held();
    }
  }

  @JCStressTest
  @Description("A lock is given back while the one that waits for it is interrupted.")
  @Outcome(id = "TAKEN, 0", expect = ACCEPTABLE, desc = "The lock came before the interrupt.")
  @Outcome(id = "INTERRUPTED, 0", expect = ACCEPTABLE, desc = "The interrupt came first.")
  @Outcome(
      id = ".*, 1",
      expect = FORBIDDEN,
      desc = "The lock was handed to one that had left, and is held for ever.")
  @Outcome(id = "TIMEOUT, .*", expect = FORBIDDEN, desc = "The hand-over was lost.")
  @Outcome(expect = FORBIDDEN, desc = "There is no circle.")
  @State
  public static class HandOverInterrupt {
    private final LockTable table = table(DeadlockPolicy.REQUESTER);
    private final LockOwner holder = holder(table, "a");
    private volatile @Nullable Thread waiter;
    private volatile boolean over;

    @Actor
    public void give() {
      table.release(holder);
    }

    @Actor
    public void take(LI_Result r) {
      waiter = Thread.currentThread();
      r.r1 = visit(table, "a", PATIENCE);
      over = true;
      while (waiter != null) {
        Thread.onSpinWait();
      }
      Thread.interrupted(); // the interrupt must not outlive this
    }

    @Actor
    public void interrupt() {
      Thread thread = waiter;
      while (thread == null) {
        Thread.onSpinWait();
        thread = waiter;
      }
      if (!over) {
        thread.interrupt();
      }
      waiter = null;
    }

    @Arbiter
    public void after(LI_Result r) {
      r.r2 = table.held();
    }
  }

  /** Two owners, each with a lock, each about to ask for that of the other. */
  static class Crossing {
    final LockTable table;

    Crossing(DeadlockPolicy policy) {
      this.table = table(policy);
    }

    /** {@return how it went, with the lock of one's own in hand and given back after} */
    String cross(String mine, String theirs) {
      try (LockLease own = table.acquire(mine)) {
        return own.id().equals(mine) ? visit(table, theirs, PATIENCE) : "OTHER LOCK";
      } catch (InterruptedException e) {
        return "INTERRUPTED";
      }
    }
  }

  @JCStressTest
  @Description("Two threads take a lock each and ask for the other's; the requester gives way.")
  @Outcome(id = "TAKEN, TAKEN, 0", expect = ACCEPTABLE, desc = "One was done before the other.")
  @Outcome(
      id = {"GAVE WAY, TAKEN, 1", "TAKEN, GAVE WAY, 1"},
      expect = ACCEPTABLE,
      desc = "They met, and one of them gave way.")
  @Outcome(id = "GAVE WAY, GAVE WAY, .*", expect = FORBIDDEN, desc = "One would have sufficed.")
  @Outcome(id = ".*TIMEOUT.*", expect = FORBIDDEN, desc = "Neither saw the circle.")
  @Outcome(expect = FORBIDDEN, desc = "A lock is left, or the count is wrong.")
  @State
  public static class CircleRequester extends Crossing {
    public CircleRequester() {
      super(DeadlockPolicy.REQUESTER);
    }

    @Actor
    public void one(LLI_Result r) {
      r.r1 = cross("a", "b");
    }

    @Actor
    public void other(LLI_Result r) {
      r.r2 = cross("b", "a");
    }

    @Arbiter
    public void after(LLI_Result r) {
      r.r3 = (int) table.deadlocks() + 10 * table.held();
    }
  }

  @JCStressTest
  @Description("Two threads take a lock each and ask for the other's; the later one gives way.")
  @Outcome(id = "TAKEN, TAKEN, 0", expect = ACCEPTABLE, desc = "One was done before the other.")
  @Outcome(
      id = {"GAVE WAY, TAKEN, 1", "TAKEN, GAVE WAY, 1"},
      expect = ACCEPTABLE,
      desc = "They met, and one of them gave way.")
  @Outcome(id = "GAVE WAY, GAVE WAY, .*", expect = FORBIDDEN, desc = "One would have sufficed.")
  @Outcome(id = ".*TIMEOUT.*", expect = FORBIDDEN, desc = "Neither saw the circle.")
  @Outcome(expect = FORBIDDEN, desc = "A lock is left, or the count is wrong.")
  @State
  public static class CircleLeastUrgent extends Crossing {
    public CircleLeastUrgent() {
      super(DeadlockPolicy.LEAST_URGENT);
    }

    @Actor
    public void one(LLI_Result r) {
      r.r1 = cross("a", "b");
    }

    @Actor
    public void other(LLI_Result r) {
      r.r2 = cross("b", "a");
    }

    @Arbiter
    public void after(LLI_Result r) {
      r.r3 = (int) table.deadlocks() + 10 * table.held();
    }
  }
}
