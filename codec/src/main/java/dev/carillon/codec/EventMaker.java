package dev.carillon.codec;

import dev.carillon.bus.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;

/** Makes events of messages, apart from the format in which they are written. */
final class EventMaker {
  /*
   * Writing and reading are each other's inverse. What a message has a place for is an attribute.
   * Where an event that was read says something that a message cannot hold as it is (an id that is no
   * UUID, a time with an offset), the message has a header that keeps the original, named by
   * Names.original. Writing takes such a header for the attribute if, and only if, reading that
   * attribute would give this message and this header again; any other header, whatever its name, is
   * an extension or part of the one that holds what cannot be an extension. So no header can make two
   * messages look alike, or a message look like another one.
   */
  private final EventTypes types;
  private final Payloads payloads;
  private final boolean keepsTimes;

  /**
   * Makes a maker.
   *
   * @param keepsTimes whether the format writes a time as the text that it was, with its offset
   */
  EventMaker(EventTypes types, Payloads payloads, boolean keepsTimes) {
    this.types = types;
    this.payloads = payloads;
    this.keepsTimes = keepsTimes;
  }

  CloudEvent toEvent(Message<?> message) {
    Class<?> known = types.classOf(message.payload());
    var headers = new TreeMap<>(message.headers()); // those that no attribute has taken yet
    var attributes = new LinkedHashMap<String, String>();
    String source = Sources.toUri(message.source());
    String type = take(headers, Names.TYPE, t -> types.isAlias(t, known), types.nameOf(known));
    attributes.put(Names.SPECVERSION, Names.VERSION);
    attributes.put(
        Names.ID,
        take(
            headers,
            Names.ID,
            id -> ForeignIds.isReadAs(source, id, message.id()),
            message.id().toString()));
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
            t -> keepsTimes && message.time().equals(Times.parse(t)) && !t.equals(time),
            time));
    putData(headers, attributes, known);
    putCauses(message, headers, attributes);
    putRest(message, headers, attributes);
    return new CloudEvent(attributes, payloads.toData(message.payload(), known));
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
    String sequence = Sequences.write(message.sequence());
    attributes.put(
        Names.SEQUENCE,
        take(
            headers,
            Names.SEQUENCE,
            s -> isText(s) && Sequences.read(s) == message.sequence() && !s.equals(sequence),
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

  private static boolean isSubject(String subject, String type, String topic) {
    return !Subjects.isTopic(subject) && Subjects.topicOfType(type).equals(topic);
  }
}
