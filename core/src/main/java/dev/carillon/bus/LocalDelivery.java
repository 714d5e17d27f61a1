package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of one message that was published here. */
final class LocalDelivery implements Delivery {
  /*
   * Each subscription that matched reports once; who reports as the last completes the event. The
   * event is made when somebody asks for it. So the last one counts first and looks for the event
   * after, and who makes the event shows it first and looks at the count after: one of them sees the
   * other, and settling twice does no harm.
   */
  private static final VarHandle OUTCOME = MethodHandles.arrayElementVarHandle(Outcome[].class);
  private static final VarHandle LEFT;
  private static final VarHandle EVENT;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      LEFT = lookup.findVarHandle(LocalDelivery.class, "left", int.class);
      EVENT = lookup.findVarHandle(LocalDelivery.class, "event", Event.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final EventSystem events;
  private final String topic;
  private final int matched;
  private final @Nullable Outcome[] outcomes;

  // counted down by those who report
  private volatile int left;

  // made by anyone, once
  private volatile @Nullable Event event;

  /** A delivery to so many. */
  LocalDelivery(EventSystem events, String topic, int matched) {
    this.events = events;
    this.topic = topic;
    this.matched = matched;
    this.outcomes = new Outcome[matched];
    this.left = matched;
  }

  /** A delivery to nobody. */
  LocalDelivery(EventSystem events, String topic, Outcome only) {
    this.events = events;
    this.topic = topic;
    this.matched = 0;
    this.outcomes = new Outcome[] {only};
  }

  /** Notes an outcome, unless that place has one. */
  void report(int place, Outcome outcome) {
    if (OUTCOME.compareAndSet(outcomes, place, null, outcome)
        && (int) LEFT.getAndAdd(this, -1) == 1) {
      Event waited = event;
      if (waited != null) {
        settle(waited);
      }
    }
  }

  private void settle(Event waited) {
    List<Outcome> faults = outcomes().stream().filter(Outcome::poisons).toList();
    if (faults.isEmpty()) {
      waited.tryTrigger();
    } else {
      waited.tryPoison(new DeliveryFailedException(topic, faults));
    }
  }

  @Override
  public int matched() {
    return matched;
  }

  @Override
  public boolean isDone() {
    return left == 0;
  }

  @Override
  public Event event() {
    Event known = event;
    if (known != null) {
      return known;
    }
    Event made = events.raw().event(events.raw().create("delivery on " + topic));
    Event first = (Event) EVENT.compareAndExchange(this, null, made);
    if (first != null) {
      made.tryTrigger();
      return first;
    }
    if (left == 0) {
      settle(made);
    }
    return made;
  }

  @Override
  public List<Outcome> outcomes() {
    var known = new ArrayList<Outcome>(outcomes.length);
    for (int i = 0; i < outcomes.length; i++) {
      var outcome = (Outcome) OUTCOME.getVolatile(outcomes, i);
      if (outcome != null) {
        known.add(outcome);
      }
    }
    return List.copyOf(known);
  }

  @Override
  public boolean await(Duration timeout) throws InterruptedException {
    if (left == 0 && event == null && outcomes().stream().noneMatch(Outcome::poisons)) {
      return true; // without an event, which a closed system does not make
    }
    return event().await(timeout);
  }

  @Override
  public String toString() {
    return "Delivery[%s, matched=%d, left=%d]".formatted(topic, matched, left);
  }
}
