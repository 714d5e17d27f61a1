package dev.carillon.bus;

import java.util.function.Consumer;

/**
 * Something that receivers connect to and anybody sends: a thin view of a topic of a {@link Bus},
 * whose receivers are direct subscriptions. Its model is Python's blinker. Safe for use by any
 * thread.
 *
 * @param <T> type of what is sent
 */
public final class Signal<T> {
  private final LocalBus bus;
  private final Topic<T> topic;

  Signal(LocalBus bus, Topic<T> topic) {
    this.bus = bus;
    this.topic = topic;
  }

  /** {@return the topic} An anonymous signal's begins with {@code $signal}. */
  public Topic<T> topic() {
    return topic;
  }

  /**
   * Connects a receiver, which is called with what is sent, on the thread that sends it.
   *
   * @param receiver kept until the connection is closed
   * @return the connection
   */
  public Subscription connect(Consumer<? super T> receiver) {
    return bus.onPayload(topic, receiver);
  }

  /**
   * Connects a receiver for an object, as long as that is alive for another reason.
   *
   * @param owner the object
   * @param receiver must not capture the object
   * @param <O> type of the object
   * @return the connection
   */
  public <O> Subscription connect(O owner, WeakHandler<? super O, T> receiver) {
    return bus.subscribeWeakly(topic, owner, receiver, SubscriptionOptions::direct);
  }

  /**
   * Sends to all receivers, one after another, on this thread.
   *
   * @param payload what to send
   * @return what became of it; complete
   */
  public Delivery send(T payload) {
    return bus.publish(topic, payload);
  }

  /** {@return how many receivers are connected} */
  public int receivers() {
    return bus.subscriberCount(topic);
  }

  /**
   * Connects a receiver of notices that somebody has connected to this signal.
   *
   * @param receiver told of each, the one of itself excepted
   * @return the connection
   */
  public Subscription onConnect(Consumer<? super BusNotice.Connected> receiver) {
    return bus.subscribe(
        BusTopics.CONNECTED,
        message -> {
          if (message.payload() instanceof BusNotice.Connected connected) {
            receiver.accept(connected);
          }
        },
        s ->
            s.direct()
                .filter(m ->
                    m.payload() instanceof BusNotice.Connected connected
                        && connected.pattern().equals(topic.name())));
  }

  @Override
  public String toString() {
    return "Signal[" + topic + "]";
  }
}
