package dev.carillon.codec;

import com.google.protobuf.CodedInputStream;
import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Data;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Proto;
import dev.carillon.codec.CloudEvent.Text;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads events that are messages of protobuf. */
final class WireReader {
  /*
   * One pass over the bytes, by tags. Protobuf lets a later field replace an earlier one; here a field
   * of the event, an attribute or data that comes twice is refused, as in JSON, so that no two readers
   * can take one event for two different ones. A field whose number the format does not know is
   * skipped. Lengths are checked against the bytes that are there before an array is made.
   */
  private static final int LAST_FIELD = 8; // of an event
  private static final int LAST_KIND = 7; // of an attribute's value
  private static final long LEAST_SECONDS = -62_135_596_800L; // 0001-01-01T00:00:00Z
  private static final long MOST_SECONDS = 253_402_300_799L; // 9999-12-31T23:59:59Z
  private static final int MOST_NANOS = 999_999_999;

  /** The attributes that are fields, and what data is called in JSON, which none must be called. */
  private static final Set<String> NO_ENTRIES =
      Set.of(Names.ID, Names.SOURCE, Names.SPECVERSION, Names.TYPE, Names.DATA);

  private final CloudEventsConfig config;

  WireReader(CloudEventsConfig config) {
    this.config = config;
  }

  /** {@return what is made of one event} */
  <R> R one(byte[] bytes, Function<CloudEvent, R> make) {
    return make.apply(parse(bytes, WireReader::event));
  }

  /** {@return what is made of the events of a batch, in their order} */
  <R> List<R> batch(byte[] bytes, int most, Function<CloudEvent, R> make) {
    return parse(
        bytes,
        in -> {
          var read = new ArrayList<R>();
          for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != WireNumbers.EVENTS) {
              skip(in, tag, 1);
            } else if (read.size() == most) {
              throw new CodecException("a batch must be of at most %d events".formatted(most));
            } else {
              read.add(inBatch(in, read.size(), make));
            }
          }
          return List.copyOf(read);
        });
  }

  private static <R> R inBatch(CodedInputStream in, int index, Function<CloudEvent, R> make)
      throws IOException {
    try {
      return make.apply(inside(in, WireReader::event));
    } catch (CodecException e) {
      throw new CodecException("event %d of the batch: %s".formatted(index, e.getMessage()), e);
    }
  }

  private interface Parsing<R extends @Nullable Object> {
    R of(CodedInputStream in) throws IOException;
  }

  private <R> R parse(byte[] bytes, Parsing<R> parsing) {
    if (bytes.length > config.maxBytes()) {
      throw new CodecException(
          "an event or batch must be at most maxBytes long: maxBytes=%d, bytes=%d"
              .formatted(config.maxBytes(), bytes.length));
    }
    try {
      return parsing.of(CodedInputStream.newInstance(bytes));
    } catch (IOException e) {
      throw new CodecException(
          "an event must be well-formed protobuf: " + Texts.show(String.valueOf(e.getMessage())),
          e);
    }
  }

  /** {@return what is made of the message that comes next, behind its length} */
  private static <R extends @Nullable Object> R inside(CodedInputStream in, Parsing<R> parsing)
      throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    R made = parsing.of(in);
    in.checkLastTagWas(0);
    in.popLimit(outer);
    return made;
  }

  private static CloudEvent event(CodedInputStream in) throws IOException {
    var attributes = new LinkedHashMap<String, String>();
    Data data = new None();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case WireNumbers.ID -> put(attributes, Names.ID, in);
        case WireNumbers.SOURCE -> put(attributes, Names.SOURCE, in);
        case WireNumbers.SPEC_VERSION -> put(attributes, Names.SPECVERSION, in);
        case WireNumbers.TYPE -> put(attributes, Names.TYPE, in);
        case WireNumbers.ATTRIBUTES ->
            WireReader.<@Nullable Void>inside(in, entry -> attribute(entry, attributes));
        case WireNumbers.BINARY_DATA -> data = first(data, new Binary(in.readByteArray()));
        case WireNumbers.TEXT_DATA -> data = first(data, new Text(in.readStringRequireUtf8()));
        case WireNumbers.PROTO_DATA -> data = first(data, inside(in, WireReader::any));
        default -> skip(in, tag, LAST_FIELD);
      }
    }
    String schema = attributes.get(Names.DATASCHEMA);
    if (schema != null && data instanceof Proto proto && repeatsType(schema, proto)) {
      attributes.remove(Names.DATASCHEMA);
    }
    return new CloudEvent(attributes, data);
  }

  /**
   * {@return whether a schema only repeats the type of the data} The specification recommends that,
   * and the URL of a type is no absolute URI, as a dataschema has to be.
   */
  private static boolean repeatsType(String schema, Proto data) {
    return schema.endsWith("/" + data.type()) && !Sources.isAbsolute(schema);
  }

  private static Data first(Data before, Data data) {
    if (!(before instanceof None)) {
      throw new CodecException("binary_data, text_data and proto_data must be there once in all");
    }
    return data;
  }

  private static void put(Map<String, String> attributes, String name, CodedInputStream in)
      throws IOException {
    put(attributes, name, in.readStringRequireUtf8());
  }

  private static void put(Map<String, String> attributes, String name, String value) {
    if (attributes.put(name, Texts.checkAttribute(name, value)) != null) {
      throw new CodecException("an attribute must be given once: attribute=" + Texts.show(name));
    }
  }

  private static void skip(CodedInputStream in, int tag, int lastKnown) throws IOException {
    if (tag >>> 3 <= lastKnown || !in.skipField(tag)) {
      throw new CodecException(
          "a field must be of the type that the format says: field=%d, type on the wire=%d"
              .formatted(tag >>> 3, tag & 7));
    }
  }

  private static @Nullable Void attribute(CodedInputStream in, Map<String, String> attributes)
      throws IOException {
    String name = null;
    Value value = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == WireNumbers.KEY && name == null) {
        name = in.readStringRequireUtf8();
      } else if (tag == WireNumbers.VALUE && value == null) {
        value = inside(in, WireReader::value);
      } else {
        skip(in, tag, 2);
      }
    }
    if (name == null || value == null) {
      throw new CodecException(
          "an attribute must have a name and a value: attribute="
              + (name == null ? "none" : Texts.show(name)));
    }
    checkEntry(name, value);
    put(attributes, name, value.text());
    return null;
  }

  private static void checkEntry(String name, Value value) {
    Names.checkAttribute(name);
    if (NO_ENTRIES.contains(name)) {
      throw new CodecException(
          "an attribute of the map must not be one that is a field: attribute=" + name);
    }
    boolean isText = value.kind().equals("string");
    boolean isTime = name.equals(Names.TIME) && value.kind().equals("timestamp");
    if (Names.CONTEXT.contains(name) && !isText && !isTime) {
      throw new CodecException(
          "an attribute must be a string, and time a timestamp: attribute=%s is a %s"
              .formatted(name, value.kind()));
    }
  }

  /**
   * The value of an attribute.
   *
   * @param kind what it was
   * @param text what it is as a text, by the type system of CloudEvents
   */
  private record Value(String kind, String text) {}

  private static Value value(CodedInputStream in) throws IOException {
    Value value = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag >>> 3 > LAST_KIND) {
        skip(in, tag, LAST_KIND);
      } else if (value == null) {
        value = value(in, tag);
      } else {
        throw new CodecException(
            "an attribute must have one value: it has another after " + Texts.show(value.text()));
      }
    }
    if (value == null) {
      throw new CodecException("an attribute must have a value of a known kind");
    }
    return value;
  }

  private static @Nullable Value value(CodedInputStream in, int tag) throws IOException {
    return switch (tag) {
      case WireNumbers.CE_STRING, WireNumbers.CE_URI, WireNumbers.CE_URI_REF ->
          new Value("string", in.readStringRequireUtf8());
      case WireNumbers.CE_BOOLEAN -> new Value("boolean", Boolean.toString(in.readBool()));
      case WireNumbers.CE_INTEGER -> new Value("integer", Integer.toString(in.readInt32()));
      case WireNumbers.CE_BYTES ->
          new Value("bytes", Base64.getEncoder().encodeToString(in.readByteArray()));
      case WireNumbers.CE_TIMESTAMP -> new Value("timestamp", inside(in, WireReader::timestamp));
      default -> {
        skip(in, tag, LAST_KIND);
        yield null;
      }
    };
  }

  private static String timestamp(CodedInputStream in) throws IOException {
    long seconds = 0;
    int nanos = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case WireNumbers.SECONDS -> seconds = in.readInt64();
        case WireNumbers.NANOS -> nanos = in.readInt32();
        default -> skip(in, tag, 2);
      }
    }
    if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS || nanos < 0 || nanos > MOST_NANOS) {
      throw new CodecException(
          "a timestamp must be of the years 0001 to 9999, its nanos 0 to 999999999: seconds=%d, nanos=%d"
              .formatted(seconds, nanos));
    }
    return Times.write(Instant.ofEpochSecond(seconds, nanos));
  }

  private static Data any(CodedInputStream in) throws IOException {
    String url = null;
    byte[] value = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == WireNumbers.TYPE_URL && url == null) {
        url = in.readStringRequireUtf8();
      } else if (tag == WireNumbers.ANY_VALUE && value == null) {
        value = in.readByteArray();
      } else {
        skip(in, tag, 2);
      }
    }
    int slash = url == null ? -1 : url.lastIndexOf('/');
    if (url == null || slash < 0 || slash == url.length() - 1) {
      throw new CodecException(
          "proto_data must have a type_url that ends with '/' and the type's name: type_url="
              + (url == null ? "none" : Texts.show(url)));
    }
    return new Proto(url.substring(slash + 1), value == null ? new byte[0] : value);
  }
}
