package dev.carillon.device;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Callbacks are added while their event finishes. */
public final class CallbacksStress {
  private CallbacksStress() {}

  private static Callbacks callbacks() {
    return new Callbacks((LocalDeviceEvent) Still.BY_HOST.newEvent());
  }

  @JCStressTest
  @Description("Two callbacks are given in order while the event finishes.")
  @Outcome(id = "2, 12", expect = ACCEPTABLE, desc = "Each has run once, in order.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost, ran twice, or before the other.")
  @State
  public static class AddFinish {
    private final Callbacks callbacks = callbacks();
    private int order; // guarded by the order of callbacks
    private int count;

    @Actor
    public void add() {
      callbacks.add(_ -> ran(1));
      callbacks.add(_ -> ran(2));
    }

    @Actor
    public void finish() {
      callbacks.finished(DeviceEventStatus.SUCCESS);
    }

    private void ran(int which) {
      order = 10 * order + which;
      count++;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = count;
      r.r2 = order;
    }
  }

  @JCStressTest
  @Description("Two threads give a callback each to an event that has finished.")
  @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Each has run once, one at a time.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost, ran twice, or beside the other.")
  @State
  public static class AddAdd {
    private final Callbacks callbacks = callbacks();
    private int count; // one at a time
    private volatile boolean isIn;
    private int beside;

    public AddAdd() {
      callbacks.finished(DeviceEventStatus.SUCCESS);
    }

    private void ran() {
      beside += isIn ? 1 : 0;
      isIn = true;
      count++;
      isIn = false;
    }

    @Actor
    public void one() {
      callbacks.add(_ -> ran());
    }

    @Actor
    public void two() {
      callbacks.add(_ -> ran());
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = count;
      r.r2 = beside;
    }
  }

  @JCStressTest
  @Description(
      "A list that runs a late callback at once on its adder: AddFinish forbids what it does.")
  @Outcome(id = "2, 12", expect = ACCEPTABLE, desc = "In order.")
  @Outcome(id = "2, 21", expect = ACCEPTABLE_INTERESTING, desc = "The later one was first.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(id = "1, 2", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(id = "2, 1", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(id = "2, 2", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(id = "1, 12", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(id = "1, 21", expect = ACCEPTABLE_INTERESTING, desc = "They ran beside each other.")
  @Outcome(expect = FORBIDDEN, desc = "Not even this list does that.")
  @State
  public static class AtOnce {
    private @Nullable List<Runnable> waiting = new ArrayList<>(); // null once it has finished
    private volatile int order;
    private volatile int count;

    private void add(Runnable callback) {
      synchronized (this) {
        if (waiting != null) {
          waiting.add(callback);
          return;
        }
      }
      callback.run();
    }

    @Actor
    public void add() {
      add(() -> ran(1));
      add(() -> ran(2));
    }

    @Actor
    public void finish() {
      List<Runnable> told;
      synchronized (this) {
        told = waiting;
        waiting = null;
      }
      if (told != null) {
        told.forEach(Runnable::run);
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void ran(int which) {
      order = 10 * order + which;
      count++;
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = count;
      r.r2 = order;
    }
  }
}
