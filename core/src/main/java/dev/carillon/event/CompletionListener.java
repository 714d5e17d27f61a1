package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/**
 * Told once that an event is complete.
 *
 * <p>It runs on the thread that completes the event, or on the caller's if the event was complete
 * already; never under a lock of Carillon's. It should be short: whoever is after it waits. It may
 * complete, merge and register at will; nesting is bounded however long the chain.
 */
@FunctionalInterface
public interface CompletionListener {

  /**
   * Called exactly once.
   *
   * @param poison why the event failed, or null if it was triggered
   */
  void completed(@Nullable Poison poison);

  /**
   * {@return the event that this listener is going to complete, if it is there for that} Lets an
   * explanation follow a wait through the listener.
   */
  default @Nullable EventHandle completes() {
    return null;
  }

  /**
   * {@return a listener that does the same and says which event it is going to complete}
   *
   * @param target the event that {@code listener} completes sooner or later
   * @param listener what to run
   */
  static CompletionListener completing(Event target, CompletionListener listener) {
    return new CompletingListener(target.handle(), listener);
  }
}
