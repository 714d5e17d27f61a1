package dev.carillon.bus;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is published on a topic, with what is known about it.
 *
 * <p>Publisher and sequence let every consumer see a gap: a publisher numbers what it publishes on
 * a topic 1, 2, 3 …, and no number is ever given twice. If several threads publish by one {@link
 * Emitter}, or by {@link Bus#publish}, their numbers may overtake each other on the way; one that
 * does not come at all was dropped, and counted.
 *
 * <p>Immutable as far as the payload is. Corresponds one to one to a CloudEvent 1.0: {@code id},
 * {@code source}, {@code type} (the payload's class), {@code subject} (the topic), {@code time}.
 *
 * @param id a UUID of version 7 (RFC 9562), in the order of publication to about a microsecond
 * @param topic where it was published
 * @param payload what was published
 * @param time when, by the clock of the bus
 * @param source which bus, as configured
 * @param publisher who numbers it
 * @param sequence its number among those of the publisher on the topic, from 1
 * @param headers what the publisher and middleware have added
 * @param correlationId the same for all that belong together; taken over from the message being
 *     handled, else null
 * @param causationId the id of the message whose handler published this one; null if none did
 * @param hops how many handlers have led to this one: 0 if it was published outside of any
 * @param <T> the payload's type
 */
public record Message<T>(
    UUID id,
    Topic<?> topic,
    T payload,
    Instant time,
    String source,
    String publisher,
    long sequence,
    Map<String, String> headers,
    @Nullable String correlationId,
    @Nullable UUID causationId,
    int hops) {

  /** Checks that nothing is missing, and copies the headers. */
  public Message {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(payload, "payload");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(publisher, "publisher");
    headers = Map.copyOf(headers);
    if (sequence < 1 || hops < 0) {
      throw new IllegalArgumentException(
          "sequence must be at least 1, and hops at least 0: sequence=%d hops=%d"
              .formatted(sequence, hops));
    }
  }

  /** {@return the name of the payload's class} */
  public String type() {
    return payload.getClass().getName();
  }

  /**
   * {@return this message with another payload}
   *
   * @param newPayload what to hand on instead
   */
  public Message<T> withPayload(T newPayload) {
    return new Message<>(
        id,
        topic,
        newPayload,
        time,
        source,
        publisher,
        sequence,
        headers,
        correlationId,
        causationId,
        hops);
  }

  /**
   * {@return this message with a header, in place of one of that name}
   *
   * @param name its name
   * @param value its value
   */
  public Message<T> withHeader(String name, String value) {
    var more = new HashMap<>(headers);
    more.put(name, value);
    return new Message<>(
        id,
        topic,
        payload,
        time,
        source,
        publisher,
        sequence,
        more,
        correlationId,
        causationId,
        hops);
  }
}
