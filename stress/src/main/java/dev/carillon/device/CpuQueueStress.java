package dev.carillon.device;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.spi.DeviceGate;
import dev.carillon.spi.DriverStatus;
import dev.carillon.spi.StreamOptions;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A queue of the CPU comes to waits while they end. */
public final class CpuQueueStress {
  private CpuQueueStress() {}

  /** A queue whose turns are taken when an actor takes them. */
  private static final class Turns {
    final Queue<Runnable> given = new ConcurrentLinkedQueue<>();
    final CpuQueue queue = new CpuQueue(given::add, StreamOptions.DEFAULT);
    final CpuMarker end = new CpuMarker(false);
    int ran; // by the queue, one after another

    void take() {
      Runnable turn = given.poll();
      if (turn != null) {
        turn.run();
      }
    }

    void report(II_Result r) {
      while (!given.isEmpty()) {
        take();
      }
      r.r1 = end.status() == DriverStatus.COMPLETE ? 1 : 0;
      r.r2 = ran;
    }

    void work() {
      try {
        queue.run(() -> ran++);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @JCStressTest
  @Description("A queue comes to a gate that is opened.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "What is behind it has run, once.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The queue waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "It was on two threads.")
  @State
  public static class GateOpen {
    private final Turns turns = new Turns();
    private final DeviceGate gate = turns.queue.gate();

    public GateOpen() {
      turns.work();
      turns.queue.record(turns.end);
    }

    @Actor
    public void come() {
      turns.take();
    }

    @Actor
    public void open() {
      gate.open(true);
    }

    @Arbiter
    public void after(II_Result r) {
      turns.report(r);
    }
  }

  @JCStressTest
  @Description("A queue is told to wait for a marker that is reached.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "What is behind it has run, once.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "The queue waits for ever.")
  @Outcome(expect = FORBIDDEN, desc = "It was on two threads.")
  @State
  public static class WaitReach {
    private final Turns turns = new Turns();
    private final CpuMarker marker = new CpuMarker(false);

    @Actor
    public void await() {
      turns.queue.waitFor(marker);
      turns.work();
      turns.queue.record(turns.end);
      turns.take();
    }

    @Actor
    public void reach() {
      marker.reach(false, null);
    }

    @Arbiter
    public void after(II_Result r) {
      turns.report(r);
    }
  }

  @JCStressTest
  @Description("Work is given to a queue that becomes idle.")
  @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "It has run, once.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "Nobody runs it.")
  @Outcome(expect = FORBIDDEN, desc = "It was on two threads.")
  @State
  public static class AddIdle {
    private final Turns turns = new Turns();

    public AddIdle() {
      turns.work();
    }

    @Actor
    public void take() {
      turns.take();
    }

    @Actor
    public void add() {
      turns.work();
      turns.queue.record(turns.end);
    }

    @Arbiter
    public void after(II_Result r) {
      turns.report(r);
    }
  }
}
