package dev.carillon.bus;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Gives the messages of a topic, or of a pattern, to subscribers of reactive streams. */
final class TopicPublisher<T> implements Flow.Publisher<Message<T>> {
  private final LocalBus bus;
  private final TopicPattern pattern;
  private final Class<T> type;
  private final @Nullable Topic<T> topic; // null for a pattern
  private final SubscriptionOptions<T> options;
  private final Consumer<? super Subscription> opened;

  TopicPublisher(
      LocalBus bus,
      TopicPattern pattern,
      Class<T> type,
      @Nullable Topic<T> topic,
      UnaryOperator<SubscriptionOptions<T>> configure,
      Consumer<? super Subscription> opened) {
    this.bus = bus;
    this.pattern = pattern;
    this.type = type;
    this.topic = topic;
    // a slow subscriber does not ask for more, but is not late, and slows publishers down
    this.options =
        configure.apply(
            SubscriptionOptions.<T>defaults(bus.config()).timeout(null).blockAtMost(null));
    this.opened = opened;
    check(options);
  }

  private static void check(SubscriptionOptions<?> options) {
    boolean isRetried = options.onError().retry() != null;
    boolean isInTurn = options.concurrency() == 1 && options.key() == null;
    if (options.isDirect() || !isInTurn || options.batchCount() > 0 || isRetried) {
      throw new IllegalArgumentException(
          "the messages of a flow come when they are requested, one at a time and once, so its"
              + " subscription must not be direct, concurrent, ordered by a key, batched, or tried again:"
              + " direct=%s concurrency=%d key=%s batchCount=%d retry=%s"
                  .formatted(
                      options.isDirect(),
                      options.concurrency(),
                      options.key() != null,
                      options.batchCount(),
                      isRetried));
    }
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Message<T>> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    var flow = new TopicFlow<T>(bus, options, subscriber);
    try {
      opened.accept(bus.open(pattern, type, topic, flow, null, _ -> options));
    } catch (RuntimeException e) { // the bus is closed, or the topic has another type by now
      flow.fail(e);
    }
    flow.start();
  }

  @Override
  public String toString() {
    return "Publisher[" + pattern + "]";
  }
}
