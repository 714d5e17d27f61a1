package dev.carillon.event;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * The owner of events: creates them, merges them, answers for them and explains who waits for what.
 *
 * <p>Operations on one event are on {@link Event}; an {@link EventHandle} from anywhere becomes an
 * {@code Event} by {@link #event(EventHandle)}. The same events on primitive handles, without
 * garbage, are at {@link #raw()}.
 *
 * <p>Safe for use by any thread. The memory consistency effects are those of {@link Event}.
 */
public sealed interface EventSystem extends AutoCloseable permits LocalEvents {

  /** {@return a new event system with the default settings} */
  static EventSystem create() {
    return new LocalEvents(EventSystemConfig.DEFAULT);
  }

  /**
   * {@return a new event system}
   *
   * @param configure changes the default settings, {@code c -> c.withName("trainer")}
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static EventSystem create(UnaryOperator<EventSystemConfig> configure) {
    return new LocalEvents(configure.apply(EventSystemConfig.DEFAULT));
  }

  /** {@return the settings, the owner id filled in} */
  EventSystemConfig config();

  /** {@return the id in the handles of this system's events} */
  long owner();

  /**
   * {@return a new pending event}
   *
   * @throws SystemClosedException after shutdown
   * @throws EventLimitException if as many slots as configured are in use
   */
  Event newEvent();

  /**
   * {@return a new pending event}
   *
   * @param name shown by explanations and in poison
   * @throws SystemClosedException after shutdown
   * @throws EventLimitException if as many slots as configured are in use
   */
  Event newEvent(String name);

  /**
   * {@return the event with that handle}
   *
   * @param handle of this system, or of another one that the configured {@link RemoteEvents}
   *     reaches
   * @throws InvalidHandleException if no event of this system ever had that handle
   * @throws UnknownOwnerException if another system owns it and no port is configured
   */
  Event event(EventHandle handle);

  /** {@return the primitive surface of this system} */
  RawEvents raw();

  /**
   * {@return a new event that completes after all inputs did: triggered if all were, otherwise
   * poisoned with every cause, in the order of the inputs}
   *
   * <p>Inputs that are complete count at once; duplicates are fine; one input gives an event of its
   * own. No thread and no task: a counter, and a waiter on each input.
   *
   * @param inputs at least one
   * @throws IllegalArgumentException if there are no inputs
   * @throws SystemClosedException after shutdown
   */
  Event merge(Event... inputs);

  /**
   * {@return a new event that completes after all inputs did; see {@link #merge(Event...)}}
   *
   * @param inputs at least one
   * @throws IllegalArgumentException if there are no inputs
   */
  Event merge(Collection<? extends Event> inputs);

  /**
   * {@return a new event that is triggered after all inputs were, and poisoned at the first poison
   * without waiting for the rest}
   *
   * @param inputs at least one
   * @throws IllegalArgumentException if there are no inputs
   */
  Event mergeFailFast(Collection<? extends Event> inputs);

  /**
   * {@return a new event that is triggered with the first input that is; poisoned once all are}
   *
   * @param inputs at least one
   * @throws IllegalArgumentException if there are no inputs
   */
  Event anyOf(Collection<? extends Event> inputs);

  /**
   * {@return a new event that is triggered once {@code k} inputs are; poisoned once that cannot be
   * reached any more}
   *
   * @param k how many suffice; 1 to the number of inputs
   * @param inputs at least one
   * @throws IllegalArgumentException if there are no inputs, or k is out of range
   */
  Event quorum(int k, Collection<? extends Event> inputs);

  /**
   * {@return a new event that is triggered after a delay}
   *
   * @param delay how long; zero or negative triggers at the next tick of the timer wheel
   */
  Event after(Duration delay);

  /** {@return a guard of a new event} */
  EventGuard guard();

  /**
   * {@return a guard of a new event}
   *
   * @param name the event's name
   */
  EventGuard guard(String name);

  /**
   * {@return a new promise}
   *
   * @param <T> type of the value
   */
  <T> Promise<T> promise();

  /**
   * {@return a new promise}
   *
   * @param <T> type of the value
   * @param name the name of the promise's event
   */
  <T> Promise<T> promise(String name);

  /**
   * {@return a new promise that takes over a stage's outcome}
   *
   * @param <T> type of the value
   * @param stage completes the promise; a null result poisons it
   */
  <T> Promise<T> promise(CompletionStage<T> stage);

  /**
   * {@return a scope of events that are poisoned with a parent}
   *
   * @param parent the parent
   */
  EventScope scope(Event parent);

  /**
   * {@return what an event is, who waits for it, and what it waits for in turn}
   *
   * <p>Works while everything hangs: takes no lock that completing events needs.
   *
   * @param event an event of this system
   */
  Explanation explain(Event event);

  /**
   * Has an observer told of each thread that is about to block for an event of this system.
   *
   * @param observer is told
   * @return its place, to take it out
   */
  Registration observeWaits(WaitObserver observer);

  /** {@return who waits for what, the whole of it, cycles first} */
  WaitGraph waitGraph();

  /**
   * {@return the events that are pending for longer than that, the oldest first, at most 10 000}
   * Ages are exact to about a second.
   *
   * @param age how long
   */
  List<Event> pendingOlderThan(Duration age);

  /** {@return what this system has done and holds} */
  EventStats stats();

  /** {@return whether {@link #shutdown} was called} */
  boolean isShutdown();

  /**
   * Poisons every pending event and refuses new ones. Handles go on answering. Idempotent: the
   * first reason stays.
   *
   * @param reason why
   */
  void shutdown(String reason);

  /** Shuts down, and ends the threads that this system started. Idempotent. */
  @Override
  void close();
}
