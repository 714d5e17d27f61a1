package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
  private final @Nullable Message<?> message; // null if it was not published
  private final TopicValues<LocalSubscription<?>> subscribed;
  private final @Nullable Waits waits;
  private final @Nullable Outcome[] outcomes;

  // counted down by those who report
  private volatile int left;

  // made by anyone, once
  private volatile @Nullable Event event;

  private LocalDelivery(
      EventSystem events,
      String topic,
      @Nullable Outcome[] outcomes,
      int matched,
      @Nullable Message<?> message,
      TopicValues<LocalSubscription<?>> subscribed,
      @Nullable Waits waits) {
    this.events = events;
    this.topic = topic;
    this.outcomes = outcomes;
    this.left = matched == 0 && outcomes.length == 1 ? 0 : outcomes.length; // to nobody: known
    this.matched = matched;
    this.message = message;
    this.subscribed = subscribed;
    this.waits = waits;
  }

  /** A delivery to some subscriptions. */
  LocalDelivery(
      EventSystem events,
      Waits waits,
      Message<?> message,
      TopicValues<LocalSubscription<?>> subscribed) {
    this(
        events,
        message.topic().name(),
        new Outcome[subscribed.size()],
        subscribed.size(),
        message,
        subscribed,
        waits);
  }

  /** A delivery to some or none, whose message is being stored; its store reports last. */
  static LocalDelivery ofStored(
      EventSystem events,
      Waits waits,
      Message<?> message,
      TopicValues<LocalSubscription<?>> subscribed) {
    int matched = subscribed.size();
    var delivery =
        new LocalDelivery(
            events,
            message.topic().name(),
            new Outcome[Math.max(1, matched) + 1],
            matched,
            message,
            subscribed,
            waits);
    if (matched == 0) {
      delivery.report(0, new Outcome.NoSubscriber());
    }
    return delivery;
  }

  /** A delivery to so many whom nobody looks for. */
  LocalDelivery(EventSystem events, String topic, int matched) {
    this(events, topic, new Outcome[matched], matched, null, TopicValues.none(), null);
  }

  /** A delivery to nobody. */
  LocalDelivery(EventSystem events, String topic, Outcome only) {
    this(events, topic, new Outcome[] {only}, 0, null, TopicValues.none(), null);
  }

  /** Notes an outcome, unless that place has one. */
  void report(int place, Outcome outcome) {
    Event waited = note(place, outcome);
    if (waited != null) {
      settle(waited);
    }
  }

  /** Notes an outcome that nobody else can, on the publisher's thread, which says so later. */
  void noteHere(int place, Outcome outcome) {
    OUTCOME.setRelease(outcomes, place, outcome);
  }

  /** Says that so many outcomes were noted. */
  void notedHere(int count) {
    if (count > 0 && (int) LEFT.getAndAdd(this, -count) == count) {
      Event waited = event;
      if (waited != null) {
        settle(waited);
      }
    }
  }

  String topic() {
    return topic;
  }

  /** {@return the message of a delivery to some subscriptions} */
  Message<?> message() {
    return Objects.requireNonNull(message, "message");
  }

  /** {@return which message it is, for people} */
  String describe() {
    return message == null
        ? "a message on %s, to nobody".formatted(topic)
        : "message %s on %s by %s #%d, to %d"
            .formatted(message.id(), topic, message.publisher(), message.sequence(), matched);
  }

  /** {@return the subscriptions that have not reported yet} */
  List<LocalSubscription<?>> pending() {
    var pending = new ArrayList<LocalSubscription<?>>();
    for (int i = 0; i < subscribed.size(); i++) {
      if (OUTCOME.getVolatile(outcomes, i) == null) {
        pending.add(subscribed.value(i));
      }
    }
    return pending;
  }

  /** Notes what the store says, on the thread that appended. */
  void reportStored(Outcome outcome) {
    report(outcomes.length - 1, outcome);
  }

  /** Notes what the store says, on a thread of its own that runs no listeners of others. */
  void reportStoredElsewhere(Outcome outcome) {
    Event waited = note(outcomes.length - 1, outcome);
    if (waited != null) {
      Thread.ofVirtual().name("delivery on " + topic).start(() -> settle(waited));
    }
  }

  /** Notes an outcome: {@return the event to be completed by it, if that is to be done now} */
  private @Nullable Event note(int place, Outcome outcome) {
    boolean isLast =
        OUTCOME.compareAndSet(outcomes, place, null, outcome)
            && (int) LEFT.getAndAdd(this, -1) == 1;
    return isLast ? event : null;
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
    Event known = made();
    if (waits != null && left > 0 && Handling.current() != null) {
      waits.know(known, new Waits.Handled(this, false));
    }
    return known;
  }

  private Event made() {
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
    if (needsNoEvent()) {
      return true;
    }
    if (waits == null || Handling.current() == null) {
      return made().await(timeout);
    }
    return waits.await(made(), new Waits.Handled(this, false), timeout);
  }

  @Override
  public CompletionStage<List<Outcome>> stage() {
    return needsNoEvent()
        ? CompletableFuture.completedStage(outcomes())
        : event().awaiter().thenApply(_ -> outcomes());
  }

  /**
   * {@return whether it is over, and well} Then there is a need for no event, which a closed system
   * does not make.
   */
  private boolean needsNoEvent() {
    return left == 0 && event == null && outcomes().stream().noneMatch(Outcome::poisons);
  }

  @Override
  public String toString() {
    return "Delivery[%s, matched=%d, left=%d]".formatted(topic, matched, left);
  }
}
