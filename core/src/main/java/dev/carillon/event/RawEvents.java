package dev.carillon.event;

import java.time.Duration;

/**
 * The primitive surface of an {@link EventSystem}: the same events, named by {@code long} handles
 * that mean something only inside their system. No call that completes normally makes garbage,
 * except {@link #await} while it blocks and the calls that give out objects.
 *
 * <p>A raw handle holds the slot index in its upper and the generation in its lower 32 bits. 0 is
 * never a handle. Safe for use by any thread; the memory consistency effects are those of {@link
 * Event}. Every method throws {@link InvalidHandleException} for a handle that no event of this
 * system ever had; a stale handle is not invalid and answers with its event's outcome.
 */
public sealed interface RawEvents permits EventCore {

  /**
   * {@return a new pending event}
   *
   * @throws SystemClosedException after shutdown
   * @throws EventLimitException if as many slots as configured are in use
   */
  long create();

  /**
   * {@return a new pending event with a name} Like all events made here it is not traced: nobody is
   * told where it was created, nor if it is dropped.
   *
   * @param name for people
   * @throws SystemClosedException after shutdown
   * @throws EventLimitException if as many slots as configured are in use
   */
  long create(String name);

  /**
   * {@return where an event stands}
   *
   * @param event its handle
   */
  EventStatus status(long event);

  /**
   * Completes an event with success and wakes every waiter.
   *
   * @param event its handle
   * @throws AlreadyCompletedException if it was complete
   */
  void trigger(long event);

  /**
   * Completes an event with success unless it is complete already.
   *
   * @param event its handle
   * @return whether this call completed it
   */
  boolean tryTrigger(long event);

  /**
   * Completes an event with failure; does nothing if it is poisoned already.
   *
   * @param event its handle
   * @param reason why
   * @throws AlreadyCompletedException if it was triggered
   */
  void poison(long event, String reason);

  /**
   * Completes an event with failure unless it is complete already.
   *
   * @param event its handle
   * @param reason why
   * @return whether this call completed it
   */
  boolean tryPoison(long event, String reason);

  /**
   * Waits until an event is triggered; see {@link Event#await()}.
   *
   * @param event its handle
   * @throws PoisonedException if the event is or becomes poisoned
   * @throws InterruptedException if the thread is interrupted first
   */
  void await(long event) throws InterruptedException;

  /**
   * Waits until an event is triggered, for a time; see {@link Event#await(Duration)}.
   *
   * @param event its handle
   * @param timeout how long at most
   * @return whether the event is triggered
   * @throws PoisonedException if the event is or becomes poisoned
   * @throws InterruptedException if the thread is interrupted first
   */
  boolean await(long event, Duration timeout) throws InterruptedException;

  /**
   * Has a listener run once when an event completes; see {@link
   * Event#whenComplete(CompletionListener)}.
   *
   * @param event its handle
   * @param listener what to run
   * @return the registration, for {@link #remove}; 0 if the event was complete and the listener ran
   * @throws EventLimitException if 2^25 waiters are registered in the system
   */
  long whenComplete(long event, CompletionListener listener);

  /**
   * Takes a listener off an event in amortised constant time.
   *
   * @param event the event's handle
   * @param registration what {@link #whenComplete} returned
   * @return true if the listener will never run; false if it has run, is about to or was removed
   *     before
   */
  boolean remove(long event, long registration);

  /**
   * {@return a new event that completes after all inputs did; poisoned if any was}
   *
   * @param inputs at least one handle; the array is only read during the call
   * @throws IllegalArgumentException if there are no inputs
   */
  long merge(long... inputs);

  /**
   * {@return a new event that is triggered after all inputs were, and poisoned at the first poison}
   *
   * @param inputs at least one handle; the array is only read during the call
   * @throws IllegalArgumentException if there are no inputs
   */
  long mergeFailFast(long... inputs);

  /**
   * {@return the name in the world of an event}
   *
   * @param event its handle
   */
  EventHandle handle(long event);

  /**
   * {@return the raw form of a handle}
   *
   * @param handle a handle of this system
   * @throws UnknownOwnerException if another system owns it
   */
  long raw(EventHandle handle);

  /**
   * {@return the object form of an event}
   *
   * @param event its handle
   */
  Event event(long event);
}
