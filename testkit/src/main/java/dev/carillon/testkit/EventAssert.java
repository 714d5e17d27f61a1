package dev.carillon.testkit;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.Poison;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on an event. Those on where the event stands look at it once; only the ones called
 * {@code …Within} wait, on the clock of the event's system: with a {@link VirtualClock} that nobody
 * moves, they wait until the event is complete, for ever if it never is.
 */
public final class EventAssert extends AbstractAssert<EventAssert, Event> {

  EventAssert(Event actual) {
    super(actual, EventAssert.class);
  }

  /** {@return this, if the event is pending} */
  public EventAssert isPending() {
    return hasStatus(EventStatus.PENDING);
  }

  /** {@return this, if the event is triggered} */
  public EventAssert isTriggered() {
    return hasStatus(EventStatus.TRIGGERED);
  }

  /** {@return this, if the event is poisoned} */
  public EventAssert isPoisoned() {
    return hasStatus(EventStatus.POISONED);
  }

  /** {@return this, if the event is triggered or poisoned} */
  public EventAssert isComplete() {
    isNotNull();
    if (!actual.status().isComplete()) {
      failWithMessage("Expected <%s> to be complete but it is pending", actual);
    }
    return this;
  }

  private EventAssert hasStatus(EventStatus expected) {
    isNotNull();
    EventStatus status = actual.status();
    if (status != expected) {
      failWithActualExpectedAndMessage(
          status, expected, "Expected <%s> to be %s but it is %s", actual, expected, how(status));
    }
    return this;
  }

  private String how(EventStatus status) {
    return status == EventStatus.POISONED
        ? status + ": " + actual.poison().orElseThrow().message()
        : status.toString();
  }

  /**
   * {@return this, if the event is poisoned with that reason}
   *
   * @param reason the whole of it
   */
  public EventAssert isPoisonedWith(String reason) {
    String found = poison().reason();
    if (!found.equals(reason)) {
      failWithActualExpectedAndMessage(
          found,
          reason,
          "Expected <%s> to be poisoned with <%s> but it is with <%s>",
          actual,
          reason,
          found);
    }
    return this;
  }

  /**
   * {@return this, if the event is poisoned and its poison began with these reasons, in this order}
   *
   * @param reasons one for each root cause
   */
  public EventAssert hasRootCauses(String... reasons) {
    List<String> found = poison().rootCauses().stream().map(Poison::reason).toList();
    if (!found.equals(List.of(reasons))) {
      failWithActualExpectedAndMessage(
          found,
          List.of(reasons),
          "Expected <%s> to have the root causes %s but they are %s",
          actual,
          List.of(reasons),
          found);
    }
    return this;
  }

  private Poison poison() {
    isPoisoned();
    return actual.poison().orElseThrow();
  }

  /**
   * {@return this, if the event has that name} An event may forget its name once it is complete.
   *
   * @param name its name
   */
  public EventAssert hasName(String name) {
    isNotNull();
    if (!actual.name().filter(name::equals).isPresent()) {
      failWithActualExpectedAndMessage(
          actual.name().orElse("no name"),
          name,
          "Expected <%s> to have the name <%s> but it has <%s>",
          actual,
          name,
          actual.name().orElse("none"));
    }
    return this;
  }

  /**
   * {@return this, if the event is triggered or will be in time} Waits for that, on the clock of
   * the event's system.
   *
   * @param timeout how long at most
   */
  public EventAssert isTriggeredWithin(Duration timeout) {
    return completesWithin(timeout).isTriggered();
  }

  /**
   * {@return this, if the event is poisoned or will be in time} Waits for that, on the clock of the
   * event's system.
   *
   * @param timeout how long at most
   */
  public EventAssert isPoisonedWithin(Duration timeout) {
    return completesWithin(timeout).isPoisoned();
  }

  private EventAssert completesWithin(Duration timeout) {
    isNotNull();
    try {
      if (!actual.await(timeout)) {
        failWithMessage("Expected <%s> to be complete within %s", actual, timeout);
      }
    } catch (PoisonedException e) {
      return this; // which of the two is asked next
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failWithMessage("Interrupted while waiting for <%s>", actual);
    }
    return this;
  }
}
