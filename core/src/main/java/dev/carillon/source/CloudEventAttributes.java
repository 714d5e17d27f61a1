package dev.carillon.source;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Attributes of a CloudEvent that came by HTTP: read, checked, and as headers of an item. */
final class CloudEventAttributes {
  /*
   * In the binary mode of the HTTP binding each attribute is a header `ce-` and its name, and the
   * media type of the data is that of the body. Values are percent-encoded in UTF-8, and may be
   * quoted. As headers of a message they are called as when carillon-codec publishes an event: what a
   * message has a place of its own for is kept as `cloudevents-` and its name, extensions keep theirs.
   * No attribute's name has a dash, so none can pass for a header of the source's.
   */
  private static final String PREFIX = "ce-";
  private static final String ID = "id";
  private static final String SOURCE = "source";
  private static final String TYPE = "type";
  private static final String TIME = "time";
  private static final String VERSION = "specversion";
  private static final String SCHEMA = "dataschema";
  private static final String CONTENT_TYPE = "datacontenttype";
  private static final String ORIGINAL = "cloudevents-";

  private static final Set<String> KEPT =
      Set.of(ID, SOURCE, TYPE, "subject", TIME, CONTENT_TYPE, SCHEMA, "sequence", "causationid");

  /** What is finer than nanoseconds is the second group, and left out. */
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?)(\\d*)(Z|[+-]\\d\\d:\\d\\d)",
          Pattern.CASE_INSENSITIVE);

  private CloudEventAttributes() {}

  /** {@return whether a request is an event in binary mode} Its media type would say so if not. */
  static boolean areIn(RequestHead head) {
    return head.headers().containsKey(PREFIX + VERSION)
        && !Formats.isStructured(Formats.media(head.contentType()));
  }

  /** {@return the attributes of an event in binary mode, checked} */
  static Map<String, String> read(RequestHead head) throws RefusedRequest {
    var attributes = new HashMap<String, String>();
    for (Map.Entry<String, List<String>> header : head.headers().entrySet()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!name.startsWith(PREFIX)) {
        continue;
      }
      String attribute = name.substring(PREFIX.length());
      if (header.getValue().size() != 1) {
        throw bad("an attribute must be given once", attribute);
      }
      attributes.put(attribute, decode(attribute, header.getValue().getFirst()));
    }
    if (attributes.containsKey(CONTENT_TYPE) || attributes.containsKey("data")) {
      throw bad("in binary mode Content-Type and the body are instead of", "ce-data…");
    }
    if (!head.contentType().isEmpty()) {
      attributes.put(CONTENT_TYPE, head.contentType());
    }
    check(attributes);
    return attributes;
  }

  /** Fails unless these are the attributes of an event of version 1.0. */
  static void check(Map<String, String> attributes) throws RefusedRequest {
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String name = attribute.getKey();
      boolean isName =
          !name.isEmpty()
              && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
      if (!isName) {
        throw bad("an attribute's name must be of a-z and 0-9", name);
      }
      if (attribute.getValue().chars().anyMatch(Character::isISOControl)) {
        throw bad("an attribute must have no control characters", name);
      }
    }
    for (String name : List.of(VERSION, ID, SOURCE, TYPE)) {
      if (attributes.getOrDefault(name, "").isEmpty()) {
        throw bad("an event must have the attribute", name);
      }
    }
    if (!"1.0".equals(attributes.get(VERSION))) {
      throw bad("specversion must be 1.0", attributes.getOrDefault(VERSION, ""));
    }
    if (!isUri(attributes.getOrDefault(SOURCE, ""))) {
      throw bad("source must be a URI reference", attributes.getOrDefault(SOURCE, ""));
    }
    String schema = attributes.get(SCHEMA);
    if (schema != null && !isUri(schema)) {
      throw bad("dataschema must be a URI", schema);
    }
    String time = attributes.get(TIME);
    if (time != null && parse(time) == null) {
      throw bad("time must be a time of RFC 3339 with an offset", time);
    }
  }

  private static boolean isUri(String text) {
    try {
      return text.chars().allMatch(c -> c < 0x80) && !new URI(text).toString().isEmpty();
    } catch (URISyntaxException e) { // the answer, not a failure
      return false;
    }
  }

  /** {@return when it happened; null if it does not say} */
  static @Nullable Instant time(Map<String, String> attributes) {
    String time = attributes.get(TIME);
    return time == null ? null : parse(time);
  }

  private static @Nullable Instant parse(String text) {
    Matcher parts = RFC_3339.matcher(text);
    if (!parts.matches()) {
      return null;
    }
    try {
      String iso = parts.group(1) + parts.group(3);
      return OffsetDateTime.parse(iso.toUpperCase(Locale.ROOT)).toInstant();
    } catch (DateTimeException e) { // the answer, not a failure
      return null;
    }
  }

  /** {@return what an event is told from others by: an id is unique within its source} */
  static String key(Map<String, String> attributes) {
    return Repeats.key(attributes.getOrDefault(SOURCE, ""), attributes.getOrDefault(ID, ""));
  }

  /** {@return attributes as headers of an item} */
  static Map<String, String> toHeaders(Map<String, String> attributes) {
    var headers = new HashMap<String, String>();
    attributes.forEach((name, value) -> {
      if (KEPT.contains(name)) {
        headers.put(ORIGINAL + name, value);
      } else if (!name.equals(VERSION)) {
        headers.put(name, value);
      }
    });
    return headers;
  }

  /** {@return the media type of an event's data} */
  static String contentType(Map<String, String> attributes, String usual) {
    return Objects.requireNonNullElse(attributes.get(CONTENT_TYPE), usual);
  }

  private static String decode(String attribute, String value) throws RefusedRequest {
    String text = value.strip();
    if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
      text = text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    if (text.indexOf('%') < 0 && text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    var bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isEncoded =
          c == '%'
              && i + 2 < text.length()
              && HexFormat.isHexDigit(text.charAt(i + 1))
              && HexFormat.isHexDigit(text.charAt(i + 2));
      bytes.write(isEncoded ? HexFormat.fromHexDigits(text, i + 1, i + 3) : c);
      i += isEncoded ? 2 : 0;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad("an attribute must be percent-encoded UTF-8", attribute);
    }
  }

  private static RefusedRequest bad(String rule, String value) {
    return new RefusedRequest("bad-event", 400, rule + ": " + RefusedRequest.show(value));
  }
}
