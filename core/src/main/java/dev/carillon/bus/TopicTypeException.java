package dev.carillon.bus;

import dev.carillon.event.CarillonException;

/** A topic's name was to be used with a payload type that does not go with one it has already. */
public final class TopicTypeException extends CarillonException {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final Class<?> known;
  private final Class<?> refused;

  TopicTypeException(String topic, Class<?> known, Class<?> refused) {
    super(
        "two payload types of one topic must be the same, or one a supertype of the other:"
            + " topic=\"%s\" types=%s and %s"
                .formatted(topic, known.getTypeName(), refused.getTypeName()),
        null);
    this.topic = topic;
    this.known = known;
    this.refused = refused;
  }

  /** {@return the topic's name} */
  public String topic() {
    return topic;
  }

  /** {@return the type that the topic has already} */
  public Class<?> known() {
    return known;
  }

  /** {@return the type that was refused} */
  public Class<?> refused() {
    return refused;
  }
}
