package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/**
 * Is told when a thread is about to block until an event is complete, so that a layer above can see
 * circles of threads that wait for each other.
 *
 * <p>It is called on that thread, under no lock, once the thread is enlisted: if it completes the
 * event the thread does not block. Waits that end at once are not told, so observing costs those
 * nothing. A {@code RuntimeException} of its is logged and stops nobody.
 */
@FunctionalInterface
public interface WaitObserver {

  /**
   * Told that the calling thread is about to block.
   *
   * @param event what it waits for
   * @return what to run on the thread when it goes on, however the wait ended; null for nothing
   */
  @Nullable Runnable blocking(EventHandle event);
}
