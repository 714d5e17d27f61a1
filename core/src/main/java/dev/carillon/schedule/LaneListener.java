package dev.carillon.schedule;

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
}
