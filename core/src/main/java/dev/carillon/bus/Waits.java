package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Poison;
import dev.carillon.event.Registration;
import dev.carillon.event.WaitObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which handlers of a bus wait for which of its subscriptions, and whether they do so in a circle.
 */
final class Waits implements WaitObserver {
  /*
   * A handler that blocks until a delivery is over, a request is answered or a full subscription has
   * room, is noted with the subscriptions that it needs. It is stuck if
   *
   *   for a delivery:  some subscription that has not reported yet is stuck for it,
   *   for a request:   all of those are,
   *   for room:        the subscription is;
   *
   * and a subscription is stuck for a message if the very handler that has the message is stuck, or
   * if as many of its handlers are stuck as it may run at once: then the message never gets its turn;
   * likewise if the handler is stuck that has the message's key. The handlers that satisfy this, if
   * any, are found from above: of all that can be reached from the new wait, those that are not stuck
   * are taken out until nothing changes. A circle closes with its last wait, so looking when a wait
   * begins finds every one, and the wait that closed it is the youngest, which gives way.
   *
   * Outcomes are read while handlers go on. That finds no circle which is not there: a wait that was
   * over when it was read is not stuck, and one that was not cannot have ended before the rest was
   * read, as what it needs was held up by the others all the while. A wait is over when its event is
   * complete, though its thread may not have gone on yet: who has just been given room, say.
   *
   * Only waits on the handlers' own threads are seen, for what was published or asked for in a
   * handler; a handler that awaits any other event may be woken by anybody, and counts as not stuck.
   */

  /** What a handler waits for. */
  sealed interface Awaited {
    /** {@return what is left to do, for people} */
    String describe();
  }

  /**
   * That a delivery is over, or a request answered.
   *
   * @param delivery the message's
   * @param isRequest whether one subscription will do
   */
  record Handled(LocalDelivery delivery, boolean isRequest) implements Awaited {
    @Override
    public String describe() {
      return (isRequest ? "an answer from " : "the delivery on ") + delivery.topic();
    }
  }

  /**
   * Room for one more message.
   *
   * @param subscription where
   */
  record Room(LocalSubscription<?> subscription) implements Awaited {
    @Override
    public String describe() {
      return "room at \"%s\", capacity=%d"
          .formatted(subscription.name(), subscription.options().capacity());
    }
  }

  /** A handler that is blocked: its message's id and key, at its subscription. */
  private record Blocked(Handling handling, @Nullable Object key) {
    LocalSubscription<?> subscription() {
      return handling.subscription();
    }
  }

  /**
   * A handler's thread that is blocked, within several handlers if they are direct.
   *
   * @param event which is complete as soon as the wait is over
   * @param keys of the awaited message, at the subscriptions that order by one
   */
  private record Wait(
      List<Blocked> handlers,
      Handling handling,
      Awaited awaited,
      Event event,
      Map<LocalSubscription<?>, Object> keys) {

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other; // keys are the user's, and may change
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private final EventSystem events;
  private final Consumer<List<String>> found;
  private final Map<EventHandle, Awaited> known = new ConcurrentHashMap<>();

  private final Object lock = new Object();
  // guarded by lock
  private final Map<LocalSubscription<?>, Set<Wait>> waits = new HashMap<>(); // the oldest first

  /**
   * @param found told of each circle, on the thread that closed it
   */
  Waits(EventSystem events, Consumer<List<String>> found) {
    this.events = events;
    this.found = found;
  }

  /** Notes what an event stands for that a handler may wait for. */
  void know(Event event, Awaited awaited) {
    if (known.putIfAbsent(event.handle(), awaited) == null) {
      event.whenComplete(_ -> known.remove(event.handle()));
    }
  }

  /**
   * Waits on a handler's thread, by an event of its own, so that a circle ends this wait and no
   * other: {@return whether the event completed in time}
   *
   * @param timeout how long at most; null for ever
   */
  boolean await(Event event, Awaited awaited, @Nullable Duration timeout)
      throws InterruptedException {
    Event mine = events.newEvent("wait for " + awaited.describe());
    Registration place = event.whenComplete(poison -> pass(poison, mine));
    know(mine, awaited);
    try {
      if (timeout != null) {
        return mine.await(timeout);
      }
      mine.await();
      return true;
    } finally {
      place.remove();
      mine.tryTrigger(); // which forgets it
    }
  }

  private static void pass(@Nullable Poison poison, Event mine) {
    if (poison == null) {
      mine.tryTrigger();
    } else {
      mine.tryPoison(poison);
    }
  }

  /** {@return what a handler on some thread waits for, for people; null if it is not known to} */
  @Nullable String awaitedBy(Handling handling) {
    synchronized (lock) {
      for (Wait wait : waits.getOrDefault(handling.subscription(), Set.of())) {
        if (wait.handlers().stream()
            .anyMatch(b -> b.handling().message().id().equals(handling.message().id()))) {
          return wait.awaited().describe();
        }
      }
      return null;
    }
  }

  // ── the thread that blocks ──

  @Override
  public @Nullable Runnable blocking(EventHandle event) {
    Handling here = Handling.current();
    Awaited awaited = here == null ? null : known.get(event);
    if (here == null || awaited == null) {
      return null;
    }
    Event waited = events.event(event);
    var wait = new Wait(handlersOf(here), here, awaited, waited, keysFor(awaited));
    try {
      List<String> circle;
      synchronized (lock) {
        wait.handlers().forEach(each -> waitsAt(each.subscription()).add(wait));
        circle = new Search(wait).circle();
      }
      if (!circle.isEmpty()) {
        found.accept(circle);
        waited.tryPoison(new DeadlockDetectedException(circle));
      }
    } catch (RuntimeException | Error e) { // of a key's equals, as it is the user's
      forget(wait);
      throw e;
    }
    return () -> forget(wait);
  }

  /** {@return the handlers on this thread: one, and those that published to it, if it is direct} */
  private static List<Blocked> handlersOf(Handling here) {
    var handlers = new ArrayList<Blocked>();
    for (Handling each = here; each != null; ) {
      LocalSubscription<?> subscription = each.subscription();
      handlers.add(new Blocked(each, subscription.keyOf(each.message())));
      each = subscription.options().isDirect() ? each.before() : null;
    }
    return handlers;
  }

  private static Map<LocalSubscription<?>, Object> keysFor(Awaited awaited) {
    var keys = new HashMap<LocalSubscription<?>, Object>();
    if (awaited instanceof Handled(LocalDelivery delivery, boolean _)) {
      for (LocalSubscription<?> each : delivery.pending()) {
        Object key = each.keyOf(delivery.message());
        if (key != null) {
          keys.put(each, key);
        }
      }
    }
    return keys;
  }

  private Set<Wait> waitsAt(LocalSubscription<?> subscription) {
    return waits.computeIfAbsent(subscription, _ -> new LinkedHashSet<>());
  }

  private void forget(Wait wait) {
    synchronized (lock) {
      for (Blocked each : wait.handlers()) {
        waits.computeIfPresent(
            each.subscription(),
            (_, there) -> {
              there.remove(wait);
              return there.isEmpty() ? null : there;
            });
      }
    }
  }

  // ── circles ──

  /** Looks for a circle that a wait has closed; under the lock. */
  private final class Search {
    private final Wait youngest;
    private final Set<Wait> stuck = new HashSet<>(); // until shown that it is not

    Search(Wait youngest) {
      this.youngest = youngest;
    }

    /** {@return the circle, a line for each wait; empty if there is none} */
    List<String> circle() {
      reach(youngest);
      while (stuck.contains(youngest)) {
        if (!stuck.removeIf(each -> next(each) == null)) {
          return lines();
        }
      }
      return List.of();
    }

    private void reach(Wait from) {
      var open = new ArrayList<Wait>(List.of(from));
      while (!open.isEmpty()) {
        Wait each = open.removeLast();
        if (stuck.add(each)) {
          for (LocalSubscription<?> needed : needed(each)) {
            open.addAll(waits.getOrDefault(needed, Set.of()));
          }
        }
      }
    }

    private List<LocalSubscription<?>> needed(Wait wait) {
      return switch (wait.awaited()) {
        case Handled handled -> handled.delivery().pending();
        case Room room -> List.of(room.subscription());
      };
    }

    /** {@return a wait that a stuck wait waits for; null if it is not stuck} */
    private @Nullable Wait next(Wait wait) {
      if (wait.event().status() != EventStatus.PENDING) {
        return null;
      }
      return switch (wait.awaited()) {
        case Room room -> stuckFor(room.subscription(), null, null);
        case Handled(LocalDelivery delivery, boolean isRequest) -> {
          Wait some = null;
          for (LocalSubscription<?> each : delivery.pending()) {
            Wait there = stuckFor(each, delivery.message(), wait.keys().get(each));
            if ((there == null) == isRequest) {
              yield there; // a request that somebody can answer, a delivery that somebody holds up
            }
            some = there;
          }
          yield some;
        }
      };
    }

    /** {@return a stuck wait that keeps a subscription from a message; null if there is none} */
    private @Nullable Wait stuckFor(
        LocalSubscription<?> subscription, @Nullable Message<?> message, @Nullable Object key) {
      List<Wait> candidates =
          waits.getOrDefault(subscription, Set.of()).stream().filter(stuck::contains).toList();
      if (candidates.isEmpty()) {
        return null;
      }
      var busy = new HashSet<UUID>();
      for (Wait wait : candidates) {
        for (Blocked each : wait.handlers()) {
          Handling handling = each.handling();
          if (!each.subscription().equals(subscription)
              || !subscription.calls().isUnderWay(handling)) { // but given up
            continue;
          }
          UUID id = handling.message().id();
          boolean hasIt = message != null && id.equals(message.id());
          if (hasIt || (key != null && key.equals(each.key()))) {
            return wait;
          }
          busy.add(id);
        }
      }
      boolean isFull =
          !subscription.options().isDirect()
              && busy.size() >= subscription.options().concurrency()
              && !subscription.isPaused();
      return isFull ? candidates.getFirst() : null;
    }

    private List<String> lines() {
      var way = new ArrayList<Wait>();
      Wait each = youngest;
      while (each != null && !way.contains(each)) {
        way.add(each);
        each = next(each);
      }
      return way.subList(Math.max(0, way.indexOf(each)), way.size()).stream()
          .map(wait ->
              "\"%s\", handling message %s on %s, waits for %s"
                  .formatted(
                      wait.handling().subscription().name(),
                      wait.handling().message().id(),
                      wait.handling().message().topic().name(),
                      wait.awaited().describe()))
          .toList();
    }
  }
}
