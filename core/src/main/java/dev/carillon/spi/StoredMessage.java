package dev.carillon.spi;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as a stream keeps it.
 *
 * @param sequence its place in the stream: 1, 2, 3 …
 * @param time when it was published or appended
 * @param topic the name of its topic
 * @param id names the message in the world
 * @param publisher who published it
 * @param publisherSequence counts the publisher's messages on the topic
 * @param type the name of the payload's type
 * @param headers further fields, immutable
 * @param payload the encoded payload; it may be shared with the store and other readers, so nobody
 *     changes it
 */
@SuppressWarnings("ArrayRecordComponent") // the payload; equality is by content
public record StoredMessage(
    long sequence,
    Instant time,
    String topic,
    UUID id,
    String publisher,
    long publisherSequence,
    String type,
    Map<String, String> headers,
    byte[] payload) {

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StoredMessage message
        && message.sequence == sequence
        && message.publisherSequence == publisherSequence
        && message.id.equals(id)
        && message.time.equals(time)
        && message.topic.equals(topic)
        && message.publisher.equals(publisher)
        && message.type.equals(type)
        && message.headers.equals(headers)
        && Arrays.equals(message.payload, payload);
  }

  @Override
  public int hashCode() {
    return Objects.hash(sequence, id, Arrays.hashCode(payload));
  }

  @Override
  public String toString() {
    return "StoredMessage[%d %s topic=%s, id=%s, type=%s, bytes=%d]"
        .formatted(sequence, time, topic, id, type, payload.length);
  }
}
