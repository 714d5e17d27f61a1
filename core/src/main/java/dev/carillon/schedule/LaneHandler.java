package dev.carillon.schedule;

import java.util.List;
import java.util.function.Consumer;

/**
 * Handles the items of a lane, never two batches at once.
 *
 * @param <T> type of the items
 */
@FunctionalInterface
public interface LaneHandler<T> {

  /**
   * Handles a batch. No lock is held, and it may offer to any lane, this one included.
   *
   * @param batch at least one item, in the order in which they were accepted; only valid during the
   *     call, unless the lane has a timeout
   * @throws Exception if it fails; counted and logged, and the lane goes on with the next batch
   */
  void handle(List<T> batch) throws Exception;

  /**
   * {@return a handler of single items} If one fails, the rest of its batch is handled all the
   * same.
   *
   * @param <T> type of the items
   * @param handler handles one
   */
  static <T> LaneHandler<T> each(Consumer<? super T> handler) {
    return batch -> {
      RuntimeException failed = null;
      for (T item : batch) {
        try {
          handler.accept(item);
        } catch (RuntimeException e) {
          if (failed == null) {
            failed = e;
          } else if (!failed.equals(e)) {
            failed.addSuppressed(e);
          }
        }
      }
      if (failed != null) {
        throw failed;
      }
    };
  }
}
