package dev.carillon.source;

import dev.carillon.bus.Bus;
import dev.carillon.bus.PublishOptions;
import dev.carillon.bus.Topic;
import dev.carillon.event.Promise;
import java.util.HashMap;
import java.util.function.Function;

/**
 * Where the items of a source go. Must be safe for use by any thread if it is given to several
 * sources.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface Outlet<T> {

  /**
   * Takes an item. Called for one item after another, never twice at a time for one source, and in
   * the order in which they came in, those that are tried again apart.
   *
   * @param item what came
   * @param receipt to be answered once, now or later, on any thread
   * @throws InterruptedException if the source stops first
   * @throws RuntimeException if it fails; that is an answer too. An {@link Error} makes the source
   *     fail for good
   */
  void accept(Item<T> item, Receipt receipt) throws InterruptedException;

  /**
   * {@return whether {@link #accept} may wait} If it does not, it is called on the thread that
   * reads, which saves handing the item over; a reactor then calls it on its only thread.
   */
  default boolean mayWait() {
    return true;
  }

  /**
   * {@return an outlet that publishes each item, with what is known about it as headers} An item is
   * taken care of when its delivery is over and no outcome is a failure that propagates. When a
   * lane is full, publishing waits, and so does the source.
   *
   * @param bus where
   * @param topic on which topic
   * @param <T> type of the payloads
   */
  static <T> Outlet<T> to(Bus bus, Topic<? super T> topic) {
    return new BusOutlet<>(bus, _ -> topic);
  }

  /**
   * {@return an outlet that publishes each item on a topic of its own}
   *
   * @param bus where
   * @param topic on which topic; what it throws fails the item
   * @param <T> type of the payloads
   */
  static <T> Outlet<T> to(Bus bus, Function<? super Item<T>, Topic<? super T>> topic) {
    return new BusOutlet<>(bus, topic);
  }

  /**
   * {@return an outlet that handles one item after another}
   *
   * @param handler may take its time: the source waits
   * @param <T> type of the payloads
   */
  static <T> Outlet<T> handler(ItemHandler<? super T> handler) {
    return new HandlerOutlet<>(handler, true);
  }

  /**
   * {@return an outlet that handles each item at once, on the thread that reads it}
   *
   * @param handler must not wait: while it runs, nothing is read; called for one item after another
   *     even if the kind reads on several threads
   * @param <T> type of the payloads
   */
  static <T> Outlet<T> direct(ItemHandler<? super T> handler) {
    return new HandlerOutlet<>(handler, false);
  }

  /**
   * {@return an outlet that handles several items at a time, each on a virtual thread, in no order}
   *
   * @param most how many at a time, 1 to 65,536
   * @param handler must be safe for use by that many threads
   * @param <T> type of the payloads
   * @throws IllegalArgumentException if the number is outside its range
   */
  static <T> Outlet<T> concurrent(int most, ItemHandler<? super T> handler) {
    return new ConcurrentOutlet<>(most, handler);
  }

  /**
   * {@return an outlet that completes a promise with the first item, and lets those after it go}
   *
   * @param promise completed with the payload
   * @param <T> type of the payloads
   */
  static <T> Outlet<T> completing(Promise<? super T> promise) {
    return new HandlerOutlet<>(item -> complete(promise, item.payload()), false);
  }

  private static <T> void complete(Promise<? super T> promise, T payload) {
    promise.tryComplete(payload);
  }

  /**
   * {@return what a message gets from an item} A header {@code correlationid}, as CloudEvents have
   * it, becomes the correlation id.
   *
   * @param item what came
   */
  static PublishOptions options(Item<?> item) {
    var headers = new HashMap<>(item.allHeaders());
    String correlation = headers.remove("correlationid");
    return new PublishOptions(headers, correlation, false);
  }
}
