package dev.carillon.testkit;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.bus.TopicPattern;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a test expects of one message: its topic, and whatever else is added. Immutable; each method
 * returns another one that expects more.
 *
 * {@snippet :
 * on(orders).payload("two apples").header("tenant", "7").causedBy(request)
 * }
 *
 * @param <T> type of the payload
 */
public final class ExpectedMessage<T> {

  /** Looks at a message; the function finds the message with an id, null if it is not known. */
  @FunctionalInterface
  private interface Test<T> {
    boolean accepts(Message<T> message, Function<UUID, @Nullable Message<?>> known);
  }

  private final String description;
  private final Class<T> type;
  private final Test<T> test;

  private ExpectedMessage(String description, Class<T> type, Test<T> test) {
    this.description = description;
    this.type = type;
    this.test = test;
  }

  /**
   * {@return the expectation of a message on a topic}
   *
   * @param topic where
   * @param <T> type of the payload
   */
  public static <T> ExpectedMessage<T> on(Topic<T> topic) {
    return new ExpectedMessage<>(
        "on \"" + topic.name() + "\"",
        topic.type(),
        (message, _) -> message.topic().name().equals(topic.name()));
  }

  /**
   * {@return the expectation of a message on a topic that a pattern matches}
   *
   * @param pattern for example {@code orders.>}
   * @param type of the payload
   * @param <T> type of the payload
   * @throws IllegalArgumentException if the pattern breaks a rule of topics' names
   */
  public static <T> ExpectedMessage<T> on(String pattern, Class<T> type) {
    TopicPattern topics = TopicPattern.of(pattern);
    return new ExpectedMessage<>(
        "on \"%s\" of %s".formatted(pattern, type.getSimpleName()),
        type,
        (message, _) -> topics.matches(message.topic().name()));
  }

  private ExpectedMessage<T> and(String more, Test<T> also) {
    Test<T> before = test;
    return new ExpectedMessage<>(
        description + ", " + more,
        type,
        (message, known) -> before.accepts(message, known) && also.accepts(message, known));
  }

  /**
   * {@return this with an equal payload}
   *
   * @param payload what {@code equals} the one to come
   */
  public ExpectedMessage<T> payload(T payload) {
    return and(
        "payload " + PrintedMessage.shortened(payload),
        (message, _) -> message.payload().equals(payload));
  }

  /**
   * {@return this with a payload that fits}
   *
   * @param what says in a failure what is expected, for example {@code "more than 3"}
   * @param predicate looks at the payload
   */
  public ExpectedMessage<T> payload(String what, Predicate<? super T> predicate) {
    return and("payload " + what, (message, _) -> predicate.test(message.payload()));
  }

  /**
   * {@return this as a message that fits}
   *
   * @param what says in a failure what is expected
   * @param predicate looks at the message
   */
  public ExpectedMessage<T> where(String what, Predicate<? super Message<T>> predicate) {
    return and(what, (message, _) -> predicate.test(message));
  }

  /**
   * {@return this with a header}
   *
   * @param name its name
   * @param value its value
   */
  public ExpectedMessage<T> header(String name, String value) {
    return and(
        "header %s=%s".formatted(name, value),
        (message, _) -> value.equals(message.headers().get(name)));
  }

  /**
   * {@return this with a correlation id}
   *
   * @param id the same for all messages that belong together
   */
  public ExpectedMessage<T> correlation(String id) {
    return and("correlation " + id, (message, _) -> id.equals(message.correlationId()));
  }

  /**
   * {@return this as published by the handler of a message}
   *
   * @param cause that message
   */
  public ExpectedMessage<T> causedBy(Message<?> cause) {
    return and("caused by " + cause.id(), (message, _) -> cause.id().equals(message.causationId()));
  }

  /**
   * {@return this as published by the handler of a message that is expected, too}
   *
   * @param cause what is expected of that one, which the bus has published or was given
   */
  public ExpectedMessage<T> causedBy(ExpectedMessage<?> cause) {
    return and(
        "caused by one " + cause,
        (message, known) -> {
          UUID id = message.causationId();
          Message<?> found = id == null ? null : known.apply(id);
          return found != null && cause.accepts(found, known);
        });
  }

  /** {@return this as published by no handler} */
  public ExpectedMessage<T> withoutCause() {
    return and("without cause", (message, _) -> message.causationId() == null);
  }

  /** {@return whether a message is as expected} */
  boolean accepts(Message<?> message, Function<UUID, @Nullable Message<?>> known) {
    if (!type.isInstance(message.payload())) {
      return false;
    }
    @SuppressWarnings("unchecked") // just looked at
    var mine = (Message<T>) message;
    return test.accepts(mine, known);
  }

  /** {@return what is expected, in words} */
  @Override
  public String toString() {
    return description;
  }
}
