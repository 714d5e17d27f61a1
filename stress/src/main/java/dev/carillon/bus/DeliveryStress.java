package dev.carillon.bus;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What becomes of a message is said once, and whoever asks for the event is not forgotten. */
public final class DeliveryStress {
  private DeliveryStress() {}

  private static final EventSystem EVENTS =
      EventSystem.create(c -> c.withTraceEvery(0).withMaxPoisonRecords(200_000));

  private static final Outcome ONE = new Outcome.Handled("one");
  private static final Outcome OTHER = new Outcome.Handled("other");
  private static final Outcome FAULT = new Outcome.Refused("faulty", "full", true);

  private static final Message<String> MESSAGE =
      new Message<>(
          new UUID(0, 0),
          Topic.of("a", String.class),
          "payload",
          Instant.EPOCH,
          "bus",
          "bus#0",
          1,
          Map.of(),
          null,
          null,
          0);

  private static int digit(EventStatus status) {
    return switch (status) {
      case PENDING -> 0;
      case TRIGGERED -> 1;
      case POISONED -> 2;
    };
  }

  @JCStressTest
  @Description("Two subscriptions report at once; the event is asked for after.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "1, 2, 1",
      expect = ACCEPTABLE,
      desc = "over, with both outcomes, and triggered")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "a report was lost, or counted twice")
  @State
  public static class ReportReport {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 2);

    @Actor
    public void one() {
      delivery.report(0, ONE);
    }

    @Actor
    public void other() {
      delivery.report(1, OTHER);
    }

    @Arbiter
    public void look(III_Result r) {
      r.r1 = delivery.isDone() ? 1 : 0;
      r.r2 = delivery.outcomes().size();
      r.r3 = digit(delivery.event().status());
    }
  }

  @JCStressTest
  @Description("The event is asked for while two subscriptions report.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "1",
      expect = ACCEPTABLE,
      desc = "the event is triggered")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "the last report did not see the event, nor its maker the report")
  @State
  public static class ReportReportEvent {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 2);
    private @Nullable Event event;

    @Actor
    public void one() {
      delivery.report(0, ONE);
    }

    @Actor
    public void other() {
      delivery.report(1, OTHER);
    }

    @Actor
    public void ask() {
      event = delivery.event();
    }

    @Arbiter
    public void look(I_Result r) {
      Event asked = event;
      r.r1 = asked == null ? -1 : digit(asked.status());
    }
  }

  @JCStressTest
  @Description("The event is asked for while the only subscription reports.")
  @org.openjdk.jcstress.annotations.Outcome(id = "1", expect = ACCEPTABLE, desc = "triggered")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "the report did not see the event, nor its maker the report")
  @State
  public static class ReportEvent {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 1);
    private @Nullable Event event;

    @Actor
    public void report() {
      delivery.report(0, ONE);
    }

    @Actor
    public void ask() {
      event = delivery.event();
    }

    @Arbiter
    public void look(I_Result r) {
      Event asked = event;
      r.r1 = asked == null ? -1 : digit(asked.status());
    }
  }

  @JCStressTest
  @Description("Two ask for the event; the only subscription reports after.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "1, 1",
      expect = ACCEPTABLE,
      desc = "one event, triggered")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "two events, or one that stays pending")
  @State
  public static class EventEvent {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 1);
    private @Nullable Event first;
    private @Nullable Event second;

    @Actor
    public void one() {
      first = delivery.event();
    }

    @Actor
    public void other() {
      second = delivery.event();
    }

    @Arbiter
    @SuppressWarnings("ReferenceEquality") // it has to be the same
    public void look(II_Result r) {
      delivery.report(0, ONE);
      Event asked = first;
      r.r1 = asked != null && asked == second ? 1 : 0;
      r.r2 = asked == null ? -1 : digit(asked.status());
    }
  }

  @JCStressTest
  @Description("The last to report is at fault, while the event is asked for.")
  @org.openjdk.jcstress.annotations.Outcome(id = "2", expect = ACCEPTABLE, desc = "poisoned")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "who settled the event did not see all outcomes, or nobody did")
  @State
  public static class FaultEvent {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 2);
    private @Nullable Event event;

    public FaultEvent() {
      delivery.report(1, OTHER);
    }

    @Actor
    public void fault() {
      delivery.report(0, FAULT);
    }

    @Actor
    public void ask() {
      event = delivery.event();
    }

    @Arbiter
    public void look(I_Result r) {
      Event asked = event;
      r.r1 = asked == null ? -1 : digit(asked.status());
    }
  }

  @JCStressTest
  @Description("Two report for one place of two.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "0, 1",
      expect = ACCEPTABLE,
      desc = "one counts, and the other place is still missing")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "both counted, so it was over too early")
  @State
  public static class SamePlace {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 2);

    @Actor
    public void one() {
      delivery.report(0, ONE);
    }

    @Actor
    public void other() {
      delivery.report(0, OTHER);
    }

    @Arbiter
    public void look(II_Result r) {
      r.r1 = delivery.isDone() ? 1 : 0;
      r.r2 = delivery.outcomes().size();
    }
  }

  @JCStressTest
  @Description("What a handler did is seen by whoever finds the delivery over.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = {"0, 0", "0, 1"},
      expect = ACCEPTABLE,
      desc = "not over yet")
  @org.openjdk.jcstress.annotations.Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "over, seen")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "over, but what the handler did is not there")
  @State
  public static class Visible {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 1);
    private int done;

    @Actor
    public void handler() {
      done = 1;
      delivery.report(0, ONE);
    }

    @Actor
    public void publisher(II_Result r) {
      r.r1 = delivery.isDone() ? 1 : 0;
      r.r2 = done;
    }
  }

  @JCStressTest
  @Description("A handler returns while its time is over: both want to say what became of it.")
  @org.openjdk.jcstress.annotations.Outcome(
      id = {"1, 0, 1", "0, 1, 2"},
      expect = ACCEPTABLE,
      desc = "one of them says so")
  @org.openjdk.jcstress.annotations.Outcome(
      expect = FORBIDDEN,
      desc = "both counted it, or neither, or another outcome than that of who counted is told")
  @State
  public static class SettleSettle {
    private final LocalDelivery delivery = new LocalDelivery(EVENTS, "a", 1);
    private final Leg<String> leg = new Leg<>(MESSAGE, null, delivery, 0, false);

    private int settle(Outcome outcome) {
      if (!leg.settle()) {
        return 0;
      }
      leg.report(outcome);
      return 1;
    }

    @Actor
    public void one(III_Result r) {
      r.r1 = settle(ONE);
    }

    @Actor
    public void other(III_Result r) {
      r.r2 = settle(OTHER);
    }

    @Arbiter
    public void look(III_Result r) {
      List<Outcome> outcomes = delivery.outcomes();
      r.r3 = outcomes.equals(List.of(ONE)) ? 1 : outcomes.equals(List.of(OTHER)) ? 2 : 0;
    }
  }

  @JCStressTest
  @Description("A delivery whose event looks whether it is over and then shows itself is wrong.")
  @org.openjdk.jcstress.annotations.Outcome(id = "1", expect = ACCEPTABLE, desc = "settled")
  @org.openjdk.jcstress.annotations.Outcome(
      id = "0",
      expect = ACCEPTABLE_INTERESTING,
      desc = "It was not over when looked at, and not shown when it was: ReportEvent forbids")
  @State
  public static class LookThenShow {
    private final AtomicInteger left = new AtomicInteger(1);
    private volatile boolean isShown;
    private final AtomicInteger settled = new AtomicInteger();

    @Actor
    public void report() {
      if (left.getAndDecrement() == 1 && isShown) {
        settled.set(1);
      }
    }

    @Actor
    public void ask() {
      boolean isOver = left.get() == 0;
      isShown = true;
      if (isOver) {
        settled.set(1);
      }
    }

    @Arbiter
    public void look(I_Result r) {
      r.r1 = settled.get();
    }
  }
}
