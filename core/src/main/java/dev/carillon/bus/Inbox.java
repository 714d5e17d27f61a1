package dev.carillon.bus;

import java.time.Duration;

/** Where messages wait for the handler of a subscription. */
interface Inbox<T> {

  /** Takes a message, or settles it. May block, where that was asked for. */
  void accept(Leg<T> leg);

  /** Begins, once the subscription is there. */
  default void start() {}

  /** Hands nothing on until {@link #resume}. */
  void pause();

  /** Hands on again. */
  void resume();

  boolean isPaused();

  /** {@return whether a message was refused that comes again, so that others must not pass it} */
  default boolean isBehindRefused() {
    return false;
  }

  /** {@return how many messages wait} */
  int queued();

  /** Takes nothing more; what waits is still handed on. */
  void close();

  /** Gives back what it holds, whatever is still under way; after {@link #close}. */
  default void leave() {}

  /** {@return whether all that was taken is handled by now} */
  boolean isDrained();

  /** Has an action run when all that was taken by now is handled; on this thread if it is. */
  void whenDrained(Runnable action);

  /** {@return whether all that was taken is handled within a time} */
  boolean await(Duration timeout) throws InterruptedException;
}
