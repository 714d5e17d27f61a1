package dev.carillon.device;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Registration;
import dev.carillon.spi.DeviceException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A stream is closed while it begins to wait by a gate, or while the wait ends. */
public final class StreamGateStress {
  private static final EventSystem EVENTS =
      EventSystem.create(c -> c.withName("gates").withTraceEvery(0));

  private StreamGateStress() {}

  @JCStressTest
  @Description("A gate is given up while its listener is noted.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Opened once, and the event keeps no listener.")
  @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "The event keeps the stream that was closed.")
  @Outcome(expect = FORBIDDEN, desc = "The gate was opened never or twice.")
  @State
  public static class AbandonListen {
    private final AtomicInteger opened = new AtomicInteger();
    private final Event event = EVENTS.newEvent();
    private final StreamGate gate = new StreamGate(new EventUpstream(event), null, 0);
    private final Registration registration = event.whenComplete(_ -> gate.open(true));

    public AbandonListen() {
      gate.keep(_ -> opened.incrementAndGet());
    }

    @Actor
    public void listen() {
      gate.listens(registration);
    }

    @Actor
    public void abandon() {
      gate.abandon(new DeviceException("closed"));
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = opened.get();
      r.r2 = registration.remove() ? 1 : 0;
      event.trigger();
    }
  }

  @JCStressTest
  @Description("A gate is given up while what it waits for finishes.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Opened once; the wait has failed.")
  @Outcome(expect = FORBIDDEN, desc = "The gate was opened never or twice, or nobody was told why.")
  @State
  public static class AbandonOpen {
    private final AtomicInteger opened = new AtomicInteger();
    private final Event event = EVENTS.newEvent();
    private final StreamGate gate = new StreamGate(new EventUpstream(event), null, 0);

    public AbandonOpen() {
      gate.keep(_ -> opened.incrementAndGet());
      gate.listens(event.whenComplete(_ -> gate.open(true)));
    }

    @Actor
    public void trigger() {
      event.trigger();
    }

    @Actor
    public void abandon() {
      gate.abandon(new DeviceException("closed"));
    }

    @Arbiter
    public void after(II_Result r) {
      r.r1 = opened.get();
      r.r2 = gate.failure() == null ? 1 : 0;
    }
  }
}
