package dev.carillon.schedule;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.Event;
import java.util.List;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.IZI_Result;

/** Permits are given back while those who wait for them leave or come. */
public final class PermitStress {
  private static final LocalScheduler SCHEDULER =
      (LocalScheduler) Scheduler.open(c -> c.withCpuExecutor(turn -> {}));
  private static final Shard SHARD = new Shard(2, 16, Entry.NEVER, (first, behind) -> {});

  private PermitStress() {}

  /** {@return a task that is nothing but its options and its place in the order} */
  static TaskRun task(TaskOptions options, int number) {
    var event = SCHEDULER.events().newEvent();
    var admitted = new TaskRun.Admitted(null, SHARD, number, 0, Entry.NEVER, number, 1, 0, 0);
    var task = new TaskRun(SCHEDULER, options, (Work) () -> {}, event, null, admitted, List.of());
    event.trigger(); // so that its slot can be used again
    return task;
  }

  /** {@return an event that takes the slot that would be used next} */
  static Event pendingEvent() {
    return SCHEDULER.events().newEvent();
  }

  private static PermitBroker.Wait want(PermitBroker broker, int number) {
    return broker.want(task(TaskOptions.DEFAULT, number), Map.of("gpu", 1L));
  }

  private static int free(PermitBroker broker) {
    return broker.free().getOrDefault("gpu", -1L).intValue();
  }

  @JCStressTest
  @Description("The only permit is given back while the task that waits for it leaves the queue.")
  @Outcome(id = "1, false, 0", expect = ACCEPTABLE, desc = "It was lent on before the task left.")
  @Outcome(id = "0, true, 1", expect = ACCEPTABLE, desc = "The task left first.")
  @Outcome(id = "1, true, .*", expect = FORBIDDEN, desc = "Lent to a task that had left.")
  @Outcome(
      id = "0, false, .*",
      expect = FORBIDDEN,
      desc = "The task was neither given the permit nor let go: it would wait for ever.")
  @Outcome(expect = FORBIDDEN, desc = "The count of free permits is wrong.")
  @State
  public static class ReleaseWithdraw {
    private final PermitBroker broker = new PermitBroker(Map.of("gpu", 1L));
    private final PermitBroker.Wait holder = want(broker, 0);
    private final PermitBroker.Wait waiter = want(broker, 1);

    {
      broker.acquire(holder);
      broker.acquire(waiter);
    }

    @Actor
    public void release(IZI_Result r) {
      r.r1 = broker.release(holder).size();
    }

    @Actor
    public void withdraw(IZI_Result r) {
      r.r2 = broker.withdraw(waiter) != null;
    }

    @Arbiter
    public void after(IZI_Result r) {
      r.r3 = free(broker);
    }
  }

  @JCStressTest
  @Description("The only permit is given back while a task comes for it.")
  @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "It was free when the task came.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "The task waited and was given it.")
  @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "The task waits for a permit that is free.")
  @Outcome(id = "1, 1, .*", expect = FORBIDDEN, desc = "It was lent twice.")
  @Outcome(expect = FORBIDDEN, desc = "The count of free permits is wrong.")
  @State
  public static class ReleaseAcquire {
    private final PermitBroker broker = new PermitBroker(Map.of("gpu", 1L));
    private final PermitBroker.Wait holder = want(broker, 0);
    private final PermitBroker.Wait comer = want(broker, 1);

    {
      broker.acquire(holder);
    }

    @Actor
    public void release(III_Result r) {
      r.r1 = broker.release(holder).size();
    }

    @Actor
    public void acquire(III_Result r) {
      r.r2 = broker.acquire(comer) ? 1 : 0;
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = free(broker);
    }
  }

  @JCStressTest
  @Description("The permits of one attempt are given back by two threads at once.")
  @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Given back once.")
  @Outcome(expect = FORBIDDEN, desc = "Given back twice, or not at all.")
  @State
  public static class ReleaseRelease {
    private final PermitBroker broker = new PermitBroker(Map.of("gpu", 1L));
    private final PermitBroker.Wait holder = want(broker, 0);

    {
      broker.acquire(holder);
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = broker.release(holder).size();
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = broker.release(holder).size();
    }

    @Arbiter
    public void after(III_Result r) {
      r.r3 = free(broker);
    }
  }
}
