package dev.carillon.bus;

import org.jspecify.annotations.Nullable;

/** The middleware of a bus, for one of the two sides. Safe for use by any thread. */
final class Chain {
  /*
   * Links are found by the pattern they are for, in the order in which they were added: the first
   * is the outermost. A chain without links costs one volatile read.
   */
  private final TopicTrie<Middleware> links = new TopicTrie<>();

  boolean isEmpty() {
    return links.size() == 0;
  }

  MiddlewareRegistration add(TopicPattern pattern, Middleware middleware) {
    links.add(pattern, middleware);
    return new MiddlewareRegistration(() -> links.remove(pattern, middleware));
  }

  /**
   * {@return what comes out of the chain; null if the message was swallowed}
   *
   * @param last what is at the end of it
   * @throws IllegalArgumentException if a link changed the topic, or made a payload of another type
   */
  @Nullable Message<?> pass(Message<?> message, Middleware.Next last) throws Exception {
    String topic = message.topic().name();
    return new Step(links.match(topic).values(), 0, message.topic(), last).handle(message);
  }

  private record Step(
      TopicValues<Middleware> links, int place, Topic<?> topic, Middleware.Next last)
      implements Middleware.Next {
    @Override
    public @Nullable Message<?> handle(Message<?> message) throws Exception {
      if (!message.topic().equals(topic) || !topic.type().isInstance(message.payload())) {
        throw new IllegalArgumentException(
            "middleware must keep the topic and the type of its payloads: topic=%s, now=%s of %s"
                .formatted(topic, message.topic().name(), message.type()));
      }
      return place == links.size()
          ? last.handle(message)
          : links.value(place).handle(message, new Step(links, place + 1, topic, last));
    }
  }
}
