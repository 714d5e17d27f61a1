package dev.carillon.bus;

/** Publishes on one topic of a bus. */
final class LocalEmitter<T> implements Emitter<T> {
  private final LocalBus bus;
  private final Publishing publishing;
  private final Topic<T> topic;
  private final Publisher publisher;

  // racy: any match will do, as it is looked at whether it is current
  private TopicTrie.Match<LocalSubscription<?>> match;
  private volatile boolean closed;

  LocalEmitter(LocalBus bus, Topic<T> topic, Publisher publisher) {
    this.bus = bus;
    this.publishing = bus.publishing();
    this.topic = topic;
    this.publisher = publisher;
    this.match = publishing.match(topic.name());
  }

  private TopicValues<LocalSubscription<?>> subscriptions() {
    TopicTrie.Match<LocalSubscription<?>> known = match;
    if (!publishing.isCurrent(known)) {
      known = publishing.match(topic.name());
      match = known;
    }
    return known.values();
  }

  @Override
  public Topic<T> topic() {
    return topic;
  }

  Publisher publisher() {
    return publisher;
  }

  @Override
  public boolean hasSubscribers() {
    return subscriptions().size() > 0;
  }

  @Override
  public void emit(T payload) {
    check();
    publishing.emit(topic, payload, publisher, subscriptions());
  }

  @Override
  public Delivery publish(T payload) {
    check();
    return publishing.deliver(topic, payload, publisher, PublishOptions.NONE, subscriptions());
  }

  private void check() {
    if (closed) {
      throw new IllegalStateException("an emitter must be open to publish: " + this);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      bus.forget(this);
    }
  }

  @Override
  public String toString() {
    return "Emitter[%s of %s]".formatted(publisher.id(), topic);
  }
}
