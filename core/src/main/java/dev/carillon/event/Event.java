package dev.carillon.event;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A one-shot completion: pending, then triggered or poisoned, once and for ever.
 *
 * <p>An {@code Event} is the object form of an event of an {@link EventSystem}: small, and as valid
 * as its {@link #handle()}. Two objects for the same event are equal.
 *
 * <p>Safe for use by any thread. Memory consistency effects: actions before {@link #trigger} or
 * {@link #poison} happen-before actions after a successful return from {@code await}, in a
 * listener, and after {@link #status()} returned the outcome; across merges, transitively.
 */
public sealed interface Event permits LocalEvent, RemoteEvent {

  /**
   * {@return the event's name in the world} Whoever has it may complete the event, so an event
   * whose handle was asked for is never taken for dropped.
   */
  EventHandle handle();

  /**
   * {@return the index of the event's slot at its owner, unsigned} No two pending events of one
   * system have the same, and they are given out from 0 upward; so what belongs to pending events
   * can be kept in an array. Unlike the handle it names no event by itself.
   */
  int index();

  /** {@return the name given at creation} Known while the event is pending. */
  Optional<String> name();

  /** {@return where the event stands} For an event of another system: as far as known here. */
  EventStatus status();

  /** {@return why the event was poisoned; empty unless it was} */
  Optional<Poison> poison();

  /**
   * Completes the event with success and wakes every waiter.
   *
   * @throws AlreadyCompletedException if it was complete
   */
  void trigger();

  /**
   * Completes the event with success unless it is complete already.
   *
   * @return whether this call completed it
   * @throws UnsupportedOperationException if another system owns the event: that system decides
   */
  boolean tryTrigger();

  /**
   * Completes the event with failure; does nothing if it is poisoned already.
   *
   * @param reason why, for people
   * @throws AlreadyCompletedException if it was triggered
   */
  void poison(String reason);

  /**
   * Completes the event with failure; does nothing if it is poisoned already. What is kept of the
   * cause is a summary, not the object.
   *
   * @param cause why
   * @throws AlreadyCompletedException if it was triggered
   */
  void poison(Throwable cause);

  /**
   * Completes the event with a failure that is known from elsewhere, such as from another event
   * system; where it began and the way it came stay as they are. Does nothing if the event is
   * poisoned already.
   *
   * @param poison why
   * @throws AlreadyCompletedException if it was triggered
   */
  void poison(Poison poison);

  /**
   * Completes the event with a failure that is known from elsewhere, unless it is complete already.
   *
   * @param poison why
   * @return whether this call completed it
   * @throws UnsupportedOperationException if another system owns the event: that system decides
   */
  boolean tryPoison(Poison poison);

  /**
   * Completes the event with failure unless it is complete already.
   *
   * @param reason why, for people
   * @return whether this call completed it
   * @throws UnsupportedOperationException if another system owns the event: that system decides
   */
  boolean tryPoison(String reason);

  /**
   * Completes the event with failure unless it is complete already.
   *
   * @param cause why
   * @return whether this call completed it
   * @throws UnsupportedOperationException if another system owns the event: that system decides
   */
  boolean tryPoison(Throwable cause);

  /**
   * Waits until the event is triggered. Blocks a virtual or a platform thread, holding no lock;
   * never returns early.
   *
   * @throws PoisonedException if the event is or becomes poisoned
   * @throws InterruptedException if the thread is interrupted first; the event is left alone
   */
  void await() throws InterruptedException;

  /**
   * Waits until the event is triggered, for a time.
   *
   * @param timeout how long at most; zero or negative asks without waiting
   * @return true if the event is triggered; false if the time passed first, the event left alone
   * @throws PoisonedException if the event is or becomes poisoned
   * @throws InterruptedException if the thread is interrupted first; the event is left alone
   */
  boolean await(Duration timeout) throws InterruptedException;

  /**
   * {@return a new stage that completes with the event, exceptionally with {@link
   * PoisonedException}} Cancelling the stage detaches it and does not touch the event.
   */
  CompletionStage<Void> awaiter();

  /**
   * Has a listener run once when the event completes: on the completing thread, or at once on this
   * one if it is complete.
   *
   * @param listener what to run; what it throws is counted and logged, and stops nobody else
   * @return the registration, to remove the listener by
   */
  Registration whenComplete(CompletionListener listener);

  /**
   * Has a listener run once on an executor when the event completes.
   *
   * @param executor runs the listener; if it refuses, the completing thread does
   * @param listener what to run
   * @return the registration, to remove the listener by
   */
  Registration whenComplete(Executor executor, CompletionListener listener);

  /**
   * Poisons the event unless it completes in time.
   *
   * @param timeout how long it may take
   * @return this event
   */
  Event orPoisonAfter(Duration timeout);

  /**
   * {@return a guard that poisons this event when closed before it was triggered} The explanation
   * of the event names the calling thread as the one that guards it.
   */
  EventGuard guard();

  /**
   * Declares that the event will be completed by its handle or some other way that is not visible
   * here, so that dropping this object is not reported as a leak.
   *
   * @return this event
   */
  Event release();
}
