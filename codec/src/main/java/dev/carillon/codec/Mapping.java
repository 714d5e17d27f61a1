package dev.carillon.codec;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import dev.carillon.codec.CloudEvent.Data;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Messages as events, and events as messages, apart from the format in which they are written. */
final class Mapping {
  /*
   * Writing and reading are each other's inverse. What a message has a place for is an attribute.
   * Where an event that was read says something that a message cannot hold as it is (an id that is no
   * UUID, a time with an offset), the message has a header that keeps the original, named by
   * Names.original. Writing takes such a header for the attribute if, and only if, reading that
   * attribute would give this message and this header again; any other header, whatever its name, is
   * an extension or part of the one that holds what cannot be an extension. So no header can make two
   * messages look alike, or a message look like another one.
   */
  private static final String VERSION = "1.0";
  private static final int SEQUENCE_DIGITS = 19;

  private final EventTypes types;
  private final Payloads payloads;
  private final CloudEventsConfig config;

  Mapping(CloudEventsConfig config, Payloads payloads) {
    this.config = config;
    this.types = new EventTypes(config);
    this.payloads = payloads;
  }

  // ── writing ──

  CloudEvent toEvent(Message<?> message) {
    Class<?> known = types.classOf(message.payload());
    var headers = new TreeMap<>(message.headers()); // those that no attribute has taken yet
    var attributes = new LinkedHashMap<String, String>();
    String source = Sources.toUri(message.source());
    String type = take(headers, Names.TYPE, t -> types.isAlias(t, known), types.nameOf(known));
    attributes.put(Names.SPECVERSION, VERSION);
    attributes.put(
        Names.ID,
        take(headers, Names.ID, id -> isId(source, id, message.id()), message.id().toString()));
    attributes.put(Names.SOURCE, source);
    attributes.put(Names.TYPE, type);
    String topic = message.topic().name();
    attributes.put(
        Names.SUBJECT, take(headers, Names.SUBJECT, s -> isSubject(s, type, topic), topic));
    String time = Times.write(message.time());
    attributes.put(
        Names.TIME,
        take(
            headers,
            Names.TIME,
            t -> message.time().equals(Times.parse(t)) && !t.equals(time),
            time));
    putData(headers, attributes, known);
    putCauses(message, headers, attributes);
    putRest(message, headers, attributes);
    return new CloudEvent(attributes, payloads.toData(message.payload()));
  }

  private static void putData(
      Map<String, String> headers, Map<String, String> attributes, Class<?> known) {
    String usual = ContentTypes.usual(known);
    String contentType =
        take(
            headers,
            Names.DATACONTENTTYPE,
            t -> ContentTypes.fits(t, known) && !t.equals(usual),
            usual);
    if (!contentType.isEmpty()) {
      attributes.put(Names.DATACONTENTTYPE, contentType);
    }
    String schema = take(headers, Names.DATASCHEMA, Sources::isAbsolute, "");
    if (!schema.isEmpty()) {
      attributes.put(Names.DATASCHEMA, schema);
    }
  }

  private static void putCauses(
      Message<?> message, Map<String, String> headers, Map<String, String> attributes) {
    String correlation = message.correlationId();
    if (correlation != null) {
      boolean isPlain = isText(correlation);
      attributes.put(
          isPlain ? Names.CORRELATION_ID : Names.CORRELATION,
          isPlain ? correlation : Texts.encode(correlation, ""));
    }
    UUID cause = message.causationId();
    String foreign = headers.get(Names.CAUSATION_ID);
    if (cause != null) {
      attributes.put(Names.CAUSATION_ID, cause.toString());
    } else if (foreign != null && isText(foreign) && ForeignIds.uuid(foreign) == null) {
      attributes.put(Names.CAUSATION_ID, foreign);
      headers.remove(Names.CAUSATION_ID);
    }
  }

  private static void putRest(
      Message<?> message, Map<String, String> headers, Map<String, String> attributes) {
    String sequence = "%019d".formatted(message.sequence());
    attributes.put(
        Names.SEQUENCE,
        take(
            headers,
            Names.SEQUENCE,
            s -> isText(s) && sequence(s) == message.sequence() && !s.equals(sequence),
            sequence));
    if (!message.publisher().equals(message.source())) {
      attributes.put(Names.PUBLISHER, Texts.encode(message.publisher(), "/:#@"));
    }
    if (message.hops() > 0) {
      attributes.put(Names.HOPS, Integer.toString(message.hops()));
    }
    var others = new TreeMap<String, String>();
    headers.forEach((name, value) -> {
      boolean isExtension = Names.isExtension(name) && Texts.isAllowed(value);
      (isExtension ? attributes : others).put(name, value);
    });
    if (!others.isEmpty()) {
      attributes.put(Names.HEADERS, Headers.write(others));
    }
  }

  /** Takes the header that keeps an attribute's original, if it may, else what is usual. */
  private static String take(
      Map<String, String> headers, String attribute, Predicate<String> isGood, String usual) {
    String original = headers.get(Names.original(attribute));
    if (original != null && isText(original) && isGood.test(original)) {
      headers.remove(Names.original(attribute));
      return original;
    }
    return usual;
  }

  private static boolean isText(String value) {
    return !value.isEmpty() && Texts.isAllowed(value);
  }

  /** {@return whether a foreign id is read as an id} */
  static boolean isId(String source, String text, UUID id) {
    return ForeignIds.uuid(text) == null && ForeignIds.toUuid(source, text).equals(id);
  }

  private static boolean isSubject(String subject, String type, String topic) {
    return !Subjects.isTopic(subject) && Subjects.topicOfType(type).equals(topic);
  }

  /** {@return the number that a sequence is, or 1 if it is none} */
  static long sequence(String text) {
    boolean isNumber =
        text.length() <= SEQUENCE_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!isNumber || text.isEmpty()) {
      return 1;
    }
    try {
      return Math.max(1, Long.parseLong(text));
    } catch (NumberFormatException _) { // of 19 digits, but more than a long
      return 1;
    }
  }

  // ── reading ──

  Message<?> toMessage(CloudEvent event) {
    var left = new HashMap<>(event.attributes()); // those that have found no place yet
    var headers = new HashMap<String, String>();
    String version = required(left, Names.SPECVERSION);
    if (!version.equals(VERSION)) {
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
    long sequence = sequence(text);
    keep(headers, Names.SEQUENCE, text, "%019d".formatted(sequence));
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

  private static void addAll(Map<String, String> headers, Map<String, String> more) {
    more.forEach((name, value) -> {
      if (headers.putIfAbsent(name, value) != null) {
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
