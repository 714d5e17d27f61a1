package dev.carillon.source;

/**
 * Handles items of a source.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface ItemHandler<T> {

  /**
   * Handles an item.
   *
   * @param item what came
   * @throws InterruptedException if the source stops and does not wait any longer
   * @throws Exception if it fails; the source goes on by its policy
   */
  void handle(Item<T> item) throws Exception;
}
