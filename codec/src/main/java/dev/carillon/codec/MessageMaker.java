package dev.carillon.codec;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.codec.CloudEvent.Data;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes messages of events: the inverse of {@link EventMaker}, which tells how. */
final class MessageMaker {
  private final EventTypes types;
  private final Payloads payloads;
  private final CloudEventsConfig config;

  MessageMaker(CloudEventsConfig config, EventTypes types, Payloads payloads) {
    this.config = config;
    this.types = types;
    this.payloads = payloads;
  }

  Message<?> toMessage(CloudEvent event) {
    var left = new HashMap<>(event.attributes()); // those that have found no place yet
    var headers = new HashMap<String, String>();
    String version = required(left, Names.SPECVERSION);
    if (!version.equals(Names.VERSION)) {
      throw new CodecException("specversion must be 1.0: specversion=" + Texts.show(version));
    }
    String source = required(left, Names.SOURCE);
    String name = Sources.toName(source);
    String type = required(left, Names.TYPE);
    Class<?> known = types.classOf(type);
    keep(headers, Names.TYPE, type, types.nameOf(known));
    String id = required(left, Names.ID);
    UUID uuid = ForeignIds.toUuid(source, id);
    keep(headers, Names.ID, id, uuid.toString());
    Object payload = payload(event.data(), left, known, headers);
    Topic<?> topic = topic(left, type, payload, headers);
    Instant time = time(left, headers);
    String publisher = left.remove(Names.PUBLISHER);
    long sequence = sequence(left, headers);
    String correlation = correlation(left);
    UUID cause = cause(left);
    int hops = hops(left);
    String more = left.remove(Names.HEADERS);
    headers.putAll(left);
    if (more != null) {
      addAll(headers, Headers.read(more));
    }
    return new Message<>(
        uuid,
        topic,
        payload,
        time,
        name,
        publisher == null ? name : Texts.decode(publisher),
        sequence,
        headers,
        correlation,
        cause,
        hops);
  }

  private Object payload(
      Data data, Map<String, String> left, Class<?> known, Map<String, String> headers) {
    String contentType = left.remove(Names.DATACONTENTTYPE);
    String schema = optional(left, Names.DATASCHEMA);
    if (contentType != null) {
      ContentTypes.check(contentType);
      keep(headers, Names.DATACONTENTTYPE, contentType, ContentTypes.usual(known));
    }
    if (schema != null) {
      if (!Sources.isAbsolute(schema)) {
        throw new CodecException("dataschema must be a URI: dataschema=" + Texts.show(schema));
      }
      headers.put(Names.original(Names.DATASCHEMA), schema);
    }
    return payloads.toPayload(data, known, contentType);
  }

  private Topic<?> topic(
      Map<String, String> left, String type, Object payload, Map<String, String> headers) {
    String subject = optional(left, Names.SUBJECT);
    boolean isTopic = subject != null && Subjects.isTopic(subject);
    if (subject != null && !isTopic) {
      headers.put(Names.original(Names.SUBJECT), subject);
    }
    String name = isTopic && subject != null ? subject : Subjects.topicOfType(type);
    Topic<?> named = config.topics().get(name);
    if (named == null) {
      try {
        return Topic.of(name, types.classOf(payload));
      } catch (IllegalArgumentException e) { // made from the type, and too long
        throw new CodecException(
            "an event without a topic's name as its subject must have a type that is one: type="
                + Texts.show(type),
            e);
      }
    }
    if (!named.type().isInstance(payload)) {
      throw new CodecException(
          "a payload must be of its topic's type: topic=%s, type=%s, payload=%s"
              .formatted(named, Texts.show(type), payload.getClass().getName()));
    }
    return named;
  }

  private Instant time(Map<String, String> left, Map<String, String> headers) {
    String text = left.remove(Names.TIME);
    if (text == null) {
      return config.clock().now();
    }
    Instant time = Times.read(text);
    keep(headers, Names.TIME, text, Times.write(time));
    return time;
  }

  private static long sequence(Map<String, String> left, Map<String, String> headers) {
    String text = left.remove(Names.SEQUENCE);
    if (text == null || text.isEmpty()) {
      return 1;
    }
    long sequence = Sequences.read(text);
    keep(headers, Names.SEQUENCE, text, Sequences.write(sequence));
    return sequence;
  }

  private static @Nullable String correlation(Map<String, String> left) {
    String plain = left.remove(Names.CORRELATION_ID);
    String encoded = left.remove(Names.CORRELATION);
    if (plain != null && encoded != null) {
      throw new CodecException(
          "%s and %s must not both be there: %s and %s"
              .formatted(
                  Names.CORRELATION_ID, Names.CORRELATION, Texts.show(plain), Texts.show(encoded)));
    }
    return encoded == null ? plain : Texts.decode(encoded);
  }

  private static @Nullable UUID cause(Map<String, String> left) {
    String text = left.get(Names.CAUSATION_ID);
    UUID cause = text == null ? null : ForeignIds.uuid(text);
    if (cause != null) {
      left.remove(Names.CAUSATION_ID); // else it is a header like any extension
    }
    return cause;
  }

  private static int hops(Map<String, String> left) {
    String text = left.remove(Names.HOPS);
    if (text == null) {
      return 0;
    }
    boolean isNumber = text.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      return isNumber ? Integer.parseInt(text) : refuseHops(text);
    } catch (NumberFormatException _) { // empty, or too large
      return refuseHops(text);
    }
  }

  private static int refuseHops(String text) {
    throw new CodecException(
        "%s must be a number from 0 to 2147483647: %s".formatted(Names.HOPS, Texts.show(text)));
  }

  /** Adds headers that were no extensions; an original that was found just now is the true one. */
  private static void addAll(Map<String, String> headers, Map<String, String> more) {
    more.forEach((name, value) -> {
      boolean isThere = headers.putIfAbsent(name, value) != null;
      if (isThere && Names.isAttribute(name)) {
        throw new CodecException("a header must be given once: header=" + Texts.show(name));
      }
    });
  }

  /** Keeps what an attribute was as a header, unless that follows from the message. */
  private static void keep(
      Map<String, String> headers, String attribute, String original, String usual) {
    if (!original.equals(usual)) {
      headers.put(Names.original(attribute), original);
    }
  }

  private static String required(Map<String, String> left, String attribute) {
    String value = optional(left, attribute);
    if (value == null) {
      throw new CodecException("an event must have the attribute " + attribute);
    }
    return value;
  }

  private static @Nullable String optional(Map<String, String> left, String attribute) {
    String value = left.remove(attribute);
    if (value != null && value.isEmpty()) {
      throw new CodecException(attribute + " must not be empty");
    }
    return value;
  }
}
