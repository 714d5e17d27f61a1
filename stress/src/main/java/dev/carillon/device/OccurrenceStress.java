package dev.carillon.device;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.EventStatus;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Device events are recorded, finished, asked for, waited for and reset by several threads. */
public final class OccurrenceStress {
  private OccurrenceStress() {}

  private static int success(DeviceEvent event) {
    return event.query() == DeviceEventStatus.SUCCESS ? 1 : 0;
  }

  @JCStressTest
  @Description("An event is recorded while the host says that it has finished.")
  @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Recorded; the driver was told, once.")
  @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "It had finished; nothing was recorded.")
  @Outcome(id = "1, 0, 1", expect = FORBIDDEN, desc = "The driver lets others wait for ever.")
  @Outcome(expect = FORBIDDEN, desc = "It was told twice, or the event has not finished.")
  @State
  public static class RecordFinish {
    private final DeviceStream stream = Still.stream(Still.BY_HOST);
    private final Still.Mark before = Still.last(stream);
    private final DeviceEvent event = Still.BY_HOST.newEvent();

    @Actor
    public void record() {
      stream.record(event);
    }

    @Actor
    public void finish() {
      event.setFinished();
    }

    @Arbiter
    public void after(III_Result r) {
      Still.Mark mark = Still.last(stream);
      r.r1 = success(event);
      r.r2 = mark.told.get();
      r.r3 = mark.equals(before) ? 0 : mark.returned.get();
    }
  }

  @JCStressTest
  @Description("Two threads find out that an event has finished.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The driver's event has gone back, once.")
  @Outcome(expect = FORBIDDEN, desc = "It went back twice, never, or while it was used.")
  @State
  public static class QueryQuery {
    private final DeviceStream stream = Still.stream(Still.BY_DRIVER);
    private final DeviceEvent event = stream.record();

    @Actor
    public void one() {
      var _ = event.query();
    }

    @Actor
    public void two() {
      var _ = event.query();
    }

    @Arbiter
    public void after(II_Result r) {
      Still.Mark mark = Still.last(stream);
      r.r1 = success(event);
      r.r2 = mark.isUsedAfterwards ? 100 : mark.returned.get();
    }
  }

  @JCStressTest
  @Description(
      "A stream is told to wait for an event that is found to have finished, and is reset.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The driver's event has gone back after that.")
  @Outcome(expect = FORBIDDEN, desc = "It went back twice, never, or while it was used.")
  @State
  public static class WaitReset {
    private final DeviceStream stream = Still.stream(Still.BY_DRIVER);
    private final DeviceStream other = Still.stream(Still.BY_DRIVER);
    private final DeviceEvent event = stream.record();

    @Actor
    public void await() {
      var _ = other.waitFor(event);
    }

    @Actor
    public void reset() {
      var _ = event.query();
      event.reset();
    }

    @Arbiter
    public void after(II_Result r) {
      Still.Mark mark = Still.last(stream);
      r.r1 = mark.isUsedAfterwards ? 1 : 0;
      r.r2 = mark.returned.get();
      event.setFinished(); // or a wait for it after its reset would be kept for ever
    }
  }

  @JCStressTest
  @Description("Somebody begins to wait for an event that finishes.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It is told.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The wait never ends.")
  @Outcome(expect = FORBIDDEN, desc = "The event has not finished.")
  @State
  public static class BridgeFinish {
    private final DeviceEvent event = Still.BY_HOST.newEvent();

    @Actor
    public void bridge() {
      var _ = event.asEvent();
    }

    @Actor
    public void finish() {
      event.setFinished();
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = success(event);
      r.r2 = event.asEvent().status() == EventStatus.TRIGGERED ? 1 : 0;
    }
  }

  @JCStressTest
  @Description("Two threads say how an event ended, one well and one not.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Well, and the other is an error.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Not well, and the other changes nothing.")
  @Outcome(expect = FORBIDDEN, desc = "Both, or none.")
  @State
  public static class FinishFail {
    private final DeviceEvent event = Still.BY_HOST.newEvent();
    private volatile boolean isRefused;

    @Actor
    public void finish() {
      event.setFinished();
    }

    @Actor
    public void fail() {
      try {
        event.setFinished("broken");
      } catch (DeviceMisuseException e) {
        isRefused = true;
      }
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = success(event);
      r.r2 = event.failure().isPresent() ? 1 : 0;
      if (isRefused != (r.r1 == 1)) {
        r.r2 = 100;
      }
    }
  }
}
