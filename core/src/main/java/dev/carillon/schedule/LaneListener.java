package dev.carillon.schedule;

import java.util.List;

/**
 * Is told what becomes of items that a lane has accepted and does not see through. No lock is held;
 * what it throws is logged and stops nothing.
 *
 * @param <T> type of the items
 */
public interface LaneListener<T> {

  /**
   * {@return a listener that does nothing}
   *
   * @param <T> type of the items
   */
  static <T> LaneListener<T> none() {
    return new LaneListener<>() {
      @Override
      public String toString() {
        return "none";
      }
    };
  }

  /**
   * Told that an item gave way to another, on the thread that offers that one. An item is either
   * dropped or handed to the handler.
   *
   * @param item the one that was waiting
   */
  default void dropped(T item) {}

  /**
   * Told that a call of the handler has run out of its time and is about to be interrupted, unless
   * it returns first; on the thread of the scheduler's timers. It should be quick, as other timers
   * wait for it.
   *
   * @param batch what the call was given; never changed
   */
  default void overdue(List<T> batch) {}

  /**
   * Told that a call of the handler ran out of its time, was interrupted and has returned since, on
   * the handler's thread and before the next batch.
   *
   * @param batch what the call was given; never changed
   */
  default void timedOut(List<T> batch) {}

  /**
   * Told that a call of the handler ran out of its time, was interrupted and has not returned
   * within the time of grace, on the thread of the scheduler's timers and before the next batch. It
   * should be quick, as other timers wait for it. The call may still be under way.
   *
   * @param batch what the call was given; never changed
   */
  default void abandoned(List<T> batch) {}

  /**
   * Told that the scheduler was closed before an item was handed to the handler, on the thread that
   * closes it or on the handler's.
   *
   * @param item the one that was waiting
   */
  default void discarded(T item) {}
}
