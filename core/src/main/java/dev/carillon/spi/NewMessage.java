package dev.carillon.spi;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message to be appended to a stream, which gives it its sequence.
 *
 * @param topic the name of its topic, 1 to 255 characters
 * @param id names the message in the world
 * @param publisher who published it, up to 1 024 characters, may be empty
 * @param publisherSequence counts the publisher's messages on the topic
 * @param type the name of the payload's type, up to 1 024 characters, may be empty
 * @param headers further fields, at most 1 000, of up to 1 024 characters in the key and 65 536 in
 *     the value
 * @param payload the encoded payload; the array belongs to the store from now on and is never
 *     changed by anybody
 * @param time when it was published; null for the time of appending
 */
@SuppressWarnings("ArrayRecordComponent") // the payload; equality is by content
public record NewMessage(
    String topic,
    UUID id,
    String publisher,
    long publisherSequence,
    String type,
    Map<String, String> headers,
    byte[] payload,
    @Nullable Instant time) {

  private static final int TOPIC = 255;
  private static final int NAME = 1024;
  private static final int HEADERS = 1000;
  private static final int VALUE = 1 << 16;

  /**
   * Checks the fields.
   *
   * @throws IllegalArgumentException if one is longer than said above, or the topic is empty
   */
  public NewMessage {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(payload, "payload");
    if (topic.isEmpty()) {
      throw new IllegalArgumentException("topic must have 1 to 255 characters: topic=\"\"");
    }
    check("topic", topic, TOPIC);
    check("publisher", publisher, NAME);
    check("type", type, NAME);
    headers = Map.copyOf(headers);
    if (headers.size() > HEADERS) {
      throw new IllegalArgumentException(
          "a message has at most %d headers: headers=%d".formatted(HEADERS, headers.size()));
    }
    headers.forEach(NewMessage::checkHeader);
  }

  private static void checkHeader(String key, String value) {
    check("header", key, NAME);
    check("value of header \"" + key + "\"", value, VALUE);
  }

  private static void check(String what, String value, int most) {
    if (value.length() > most) {
      throw new IllegalArgumentException(
          "%s must have at most %d characters: length=%d".formatted(what, most, value.length()));
    }
  }

  /**
   * {@return a message without headers, whose time is that of appending}
   *
   * @param topic the name of its topic
   * @param id names it in the world
   * @param publisher who published it
   * @param publisherSequence counts the publisher's messages on the topic
   * @param type the name of the payload's type
   * @param payload the encoded payload
   */
  public static NewMessage of(
      String topic,
      UUID id,
      String publisher,
      long publisherSequence,
      String type,
      byte[] payload) {
    return new NewMessage(topic, id, publisher, publisherSequence, type, Map.of(), payload, null);
  }

  /**
   * {@return this message as it is kept}
   *
   * @param sequence its place in the stream
   * @param now its time, if it has none
   */
  public StoredMessage stored(long sequence, Instant now) {
    return new StoredMessage(
        sequence,
        time == null ? now : time,
        topic,
        id,
        publisher,
        publisherSequence,
        type,
        headers,
        payload);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof NewMessage message
        && Objects.equals(message.time, time)
        && message.stored(1, Instant.EPOCH).equals(stored(1, Instant.EPOCH));
  }

  @Override
  public int hashCode() {
    return 31 * id.hashCode() + Arrays.hashCode(payload);
  }

  @Override
  public String toString() {
    return "NewMessage[topic=%s, id=%s, type=%s, bytes=%d]"
        .formatted(topic, id, type, payload.length);
  }
}
