package dev.carillon.schedule;

import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a lane: many producers, one consumer at a time.
 *
 * <p>Whoever has offered an item and then reads that the consumer is asleep, by a volatile read,
 * wakes it; a consumer that says by a volatile store that it falls asleep, and then looks whether
 * the queue is empty, sees the item. One of the two happens.
 *
 * @param <T> type of the items
 */
sealed interface LaneQueue<T> permits Ring, DroppingQueue {

  /**
   * How large a batch may be.
   *
   * @param count the most items
   * @param bytes the most bytes, a single larger item apart
   * @param weigher tells the bytes of an item; null counts none
   */
  record Limits<T>(int count, long bytes, @Nullable ToLongFunction<? super T> weigher) {
    long weigh(T item) {
      return weigher == null ? 0 : weigher.applyAsLong(item);
    }
  }

  /** {@return false if there was no room} */
  boolean offer(T item);

  /** {@return whether there is nothing to take; only for the consumer} */
  boolean isEmpty();

  /** Takes a batch from a queue that is not empty; only for the consumer. */
  void take(List<? super T> into);

  /** {@return how many items wait; a moment's value} */
  int size();

  /** {@return how many bytes wait; a moment's value} */
  long bytes();

  /** {@return how many items were accepted} */
  long accepted();

  /**
   * {@return how many places were given out} Places are taken in the order in which they were given
   * out; an item that replaces another has its place.
   */
  long places();

  /** {@return the places before the first that the last take has left} */
  long taken();
}
