package dev.carillon.bus;

import dev.carillon.event.Event;
import java.util.concurrent.Flow;

/**
 * A subscriber of reactive streams that publishes on a topic what it receives; made by {@link
 * Bus#subscriber}.
 *
 * <p>It asks for a window of elements, and for more as what it has published is delivered: so no
 * more are under way than the window, and whoever handles them slowly slows the stream down.
 * Whether a handler fails is the affair of its subscription, and does not end the stream; that
 * publishing itself fails, as on a closed bus, does.
 *
 * <p>To be subscribed once; a further subscription is cancelled. Safe for use by any thread, as far
 * as signals come one after another. Actions before {@code onNext} happen-before the handling of
 * the message.
 *
 * @param <T> type of the elements
 */
public sealed interface Feed<T> extends Flow.Subscriber<T>, AutoCloseable permits TopicSubscriber {

  /** {@return where it publishes} */
  Topic<T> topic();

  /**
   * {@return an event that completes when the stream is over, and all of it that was published is
   * delivered} Poisoned if the stream fails, and if publishing does, without waiting for what is
   * under way. That the bus is closed is noticed by the next element.
   */
  Event done();

  /**
   * Cancels the stream, and publishes nothing more. What is under way is still delivered. Does not
   * wait. Idempotent.
   */
  @Override
  void close();
}
