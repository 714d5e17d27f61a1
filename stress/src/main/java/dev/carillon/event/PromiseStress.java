package dev.carillon.event;

import static dev.carillon.event.Shared.CORE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZZL_Result;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** A promise has one value or one poison, and whoever gave it knows. */
public final class PromiseStress {
  private PromiseStress() {}

  private static <T> SlotPromise<T> promise() {
    return new SlotPromise<>(new LocalEvent(CORE, CORE.create()));
  }

  /** {@return the value of a promise that is complete, or the reason why it has none} */
  private static Object found(SlotPromise<?> promise) {
    try {
      return promise.await();
    } catch (PoisonedException e) {
      return e.poison().reason();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "INTERRUPTED";
    }
  }

  @JCStressTest
  @Description("A promise is completed by two threads.")
  @Outcome(id = "true, false, one", expect = ACCEPTABLE, desc = "The first one did.")
  @Outcome(id = "false, true, other", expect = ACCEPTABLE, desc = "The second one did.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "Two values for one promise.")
  @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "Nobody gave the value.")
  @Outcome(expect = FORBIDDEN, desc = "The value is that of the one who lost.")
  @State
  public static class CompleteComplete {
    private final SlotPromise<String> promise = promise();

    @Actor
    public void one(ZZL_Result r) {
      r.r1 = promise.tryComplete("one");
    }

    @Actor
    public void other(ZZL_Result r) {
      r.r2 = promise.tryComplete("other");
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = found(promise);
    }
  }

  @JCStressTest
  @Description("A promise is completed by one thread and poisoned by another.")
  @Outcome(id = "true, false, value", expect = ACCEPTABLE, desc = "The value came first.")
  @Outcome(id = "false, true, why", expect = ACCEPTABLE, desc = "The poison came first.")
  @Outcome(id = "true, true, .*", expect = FORBIDDEN, desc = "The promise completed twice.")
  @Outcome(id = "false, false, .*", expect = FORBIDDEN, desc = "Each left it to the other.")
  @Outcome(expect = FORBIDDEN, desc = "The outcome is that of the one who lost.")
  @State
  public static class CompletePoison {
    private final SlotPromise<String> promise = promise();

    @Actor
    public void complete(ZZL_Result r) {
      r.r1 = promise.tryComplete("value");
    }

    @Actor
    public void poison(ZZL_Result r) {
      r.r2 = promise.event().tryPoison("why");
    }

    @Arbiter
    public void after(ZZL_Result r) {
      r.r3 = found(promise);
    }
  }

  @JCStressTest
  @Description("A thread completes a promise; another tries to, and then tries to poison it.")
  @Outcome(id = "true, false, false", expect = ACCEPTABLE, desc = "The first thread won.")
  @Outcome(id = "false, true, false", expect = ACCEPTABLE, desc = "The second thread won.")
  @Outcome(
      id = "false, false, true",
      expect = FORBIDDEN,
      desc =
          "The second thread was told that the promise was complete, and could poison it"
              + " afterwards.")
  @Outcome(expect = FORBIDDEN, desc = "The promise was completed twice, or by nobody.")
  @State
  public static class CompleteCompletePoison {
    private final SlotPromise<String> promise = promise();

    @Actor
    public void one(ZZZ_Result r) {
      r.r1 = promise.tryComplete("one");
    }

    @Actor
    public void other(ZZZ_Result r) {
      r.r2 = promise.tryComplete("other");
      r.r3 = promise.event().tryPoison("why");
    }
  }

  @JCStressTest
  @Description("A value is published by a promise, and read when the event is triggered.")
  @Outcome(id = "TRIGGERED, 1", expect = ACCEPTABLE, desc = "Complete, with the whole value.")
  @Outcome(id = "PENDING, 0", expect = ACCEPTABLE, desc = "Not complete.")
  @Outcome(id = "TRIGGERED, 0", expect = FORBIDDEN, desc = "Complete, with half a value.")
  @Outcome(expect = FORBIDDEN, desc = "Complete, without the value, or poisoned.")
  @State
  public static class Publish {
    private final SlotPromise<int[]> promise = promise();

    @Actor
    public void complete() {
      var value = new int[1];
      value[0] = 1;
      promise.complete(value);
    }

    @Actor
    public void read(LI_Result r) {
      EventStatus status = promise.event().status();
      r.r1 = status;
      r.r2 = status == EventStatus.TRIGGERED ? ((int[]) found(promise))[0] : 0;
    }
  }
}
