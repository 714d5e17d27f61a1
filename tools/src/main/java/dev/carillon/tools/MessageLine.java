package dev.carillon.tools;

import dev.carillon.bus.Message;
import dev.carillon.spi.StoredMessage;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A message, to be printed on one line.
 *
 * @param time when it was published
 * @param topic where
 * @param type of its payload
 * @param id names it in the world
 * @param publisher who numbers it
 * @param sequence its number
 * @param headers what was added to it
 * @param fields what is in its payload
 */
record MessageLine(
    Instant time,
    String topic,
    String type,
    UUID id,
    String publisher,
    long sequence,
    Map<String, String> headers,
    Map<String, @Nullable Object> fields) {
  private static final String OWN = "$";
  private static final Pattern PLAIN = Pattern.compile("[!#-\\[\\]-~&&[^=]]+"); // needs no quotes

  static MessageLine of(Message<?> message) {
    return new MessageLine(
        message.time(),
        message.topic().name(),
        message.type(),
        message.id(),
        message.publisher(),
        message.sequence(),
        message.headers(),
        PayloadFields.of(message.payload()));
  }

  static MessageLine of(StoredMessage message) {
    return new MessageLine(
        message.time(),
        message.topic(),
        message.type(),
        message.id(),
        message.publisher(),
        message.publisherSequence(),
        given(message.headers()),
        PayloadFields.ofEncoded(message.payload()));
  }

  /**
   * A bus keeps what is its own in headers with a "$", and others with one more, see bus-durable.
   */
  private static Map<String, String> given(Map<String, String> kept) {
    var given = new TreeMap<String, String>();
    kept.forEach((name, value) -> {
      if (!name.startsWith(OWN)) {
        given.put(name, value);
      } else if (name.startsWith(OWN + OWN)) {
        given.put(name.substring(OWN.length()), value);
      }
    });
    return given;
  }

  /** {@return it for people: time, topic, and what is in the payload as {@code name=value}} */
  String text(DateTimeFormatter times) {
    var line = new StringBuilder(times.format(time)).append(' ').append(plain(topic));
    fields.forEach((name, value) ->
        line.append(' ').append(plain(name)).append('=').append(plain(String.valueOf(value))));
    return line.toString();
  }

  private static String plain(String text) {
    return PLAIN.matcher(text).matches() ? text : JsonText.quote(text);
  }

  /** {@return it as one JSON object} */
  String json() {
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put("time", time);
    members.put("topic", topic);
    members.put("type", type);
    members.put("id", id);
    members.put("publisher", publisher);
    members.put("sequence", sequence);
    if (!headers.isEmpty()) {
      members.put("headers", headers);
    }
    members.put("payload", fields);
    return JsonText.object(members);
  }
}
