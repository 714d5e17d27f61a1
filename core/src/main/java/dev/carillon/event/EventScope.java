package dev.carillon.event;

/**
 * Events that live no longer than a parent: when the parent is poisoned, those still pending are
 * poisoned with it.
 *
 * <p>A child that completes leaves the scope, so a long scope holds only what is pending. A
 * triggered parent ends the scope and leaves its children alone. Safe for use by any thread.
 */
public sealed interface EventScope extends AutoCloseable permits ChildScope {

  /** {@return the event whose poison reaches the children} */
  Event parent();

  /** {@return a new pending child} It is poisoned at once if the parent is. */
  Event newEvent();

  /**
   * {@return a new pending child} It is poisoned at once if the parent is.
   *
   * @param name the child's name
   */
  Event newEvent(String name);

  /**
   * {@return that event, now a child of this scope}
   *
   * @param child a pending event of the same system
   */
  Event adopt(Event child);

  /** {@return how many children are pending} */
  int pending();

  /** Poisons the children that are pending and detaches the scope from its parent. Idempotent. */
  @Override
  void close();
}
