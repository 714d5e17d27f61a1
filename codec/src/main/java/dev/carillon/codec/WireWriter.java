package dev.carillon.codec;

import com.google.protobuf.CodedOutputStream;
import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Data;
import dev.carillon.codec.CloudEvent.Json;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Proto;
import dev.carillon.codec.CloudEvent.Raw;
import dev.carillon.codec.CloudEvent.Text;
import dev.carillon.codec.CloudEvent.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes events as messages of protobuf. */
final class WireWriter {
  /*
   * The four attributes that every event has are fields, the others entries of a map whose values say
   * their kind: a time is a Timestamp, which knows no offset, the hops are an integer, a schema is a
   * URI, all others are strings. A message inside another one is made first, since its length comes
   * before it. The order is that of the attributes, so equal messages give equal bytes.
   */
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z"); // of a Timestamp

  private final CloudEventsConfig config;
  private final JsonMapping json;

  WireWriter(CloudEventsConfig config, JsonMapping json) {
    this.config = config;
    this.json = json;
  }

  /** {@return one event} */
  byte[] event(CloudEvent event) {
    return message(out -> write(out, event));
  }

  /** {@return a batch of events that were written} */
  byte[] batch(List<byte[]> events) {
    return message(out -> {
      for (byte[] event : events) {
        put(out, WireNumbers.EVENTS, event);
      }
    });
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private byte[] message(Writing writing) {
    var bytes = new BoundedBytes(config.maxBytes());
    try {
      CodedOutputStream out = CodedOutputStream.newInstance((OutputStream) bytes);
      writing.to(out);
      out.flush();
    } catch (IOException e) {
      throw new AssertionError("an array does not fail", e);
    }
    return bytes.toByteArray();
  }

  private void write(CodedOutputStream out, CloudEvent event) throws IOException {
    for (Map.Entry<String, String> attribute : event.attributes().entrySet()) {
      String name = attribute.getKey();
      byte[] text = utf8(attribute.getValue());
      switch (name) {
        case Names.ID -> put(out, WireNumbers.ID, text);
        case Names.SOURCE -> put(out, WireNumbers.SOURCE, text);
        case Names.SPECVERSION -> put(out, WireNumbers.SPEC_VERSION, text);
        case Names.TYPE -> put(out, WireNumbers.TYPE, text);
        default -> {
          byte[] value = message(entry -> writeValue(entry, name, attribute.getValue()));
          put(
              out,
              WireNumbers.ATTRIBUTES,
              message(entry -> {
                put(entry, WireNumbers.KEY, utf8(name));
                put(entry, WireNumbers.VALUE, value);
              }));
        }
      }
    }
    writeData(out, event.data(), event.attributes().get(Names.DATACONTENTTYPE));
  }

  private void writeValue(CodedOutputStream out, String name, String value) throws IOException {
    switch (name) {
      case Names.TIME -> put(out, WireNumbers.CE_TIMESTAMP, timestamp(Times.read(value)));
      case Names.HOPS -> out.writeInt32(number(WireNumbers.CE_INTEGER), Integer.parseInt(value));
      case Names.DATASCHEMA -> put(out, WireNumbers.CE_URI, utf8(value));
      default -> put(out, WireNumbers.CE_STRING, utf8(value));
    }
  }

  private byte[] timestamp(Instant time) {
    if (time.isBefore(FIRST)) {
      throw new CodecException(
          "a time must be of the years 0001 to 9999 in protobuf: time=" + time);
    }
    long seconds = time.getEpochSecond();
    int nanos = time.getNano();
    return message(out -> {
      if (seconds != 0) { // what is not there is zero
        out.writeInt64(number(WireNumbers.SECONDS), seconds);
      }
      if (nanos != 0) {
        out.writeInt32(number(WireNumbers.NANOS), nanos);
      }
    });
  }

  private void writeData(CodedOutputStream out, Data data, @Nullable String contentType)
      throws IOException {
    switch (data) {
      case None _ -> {}
      case Binary binary -> put(out, WireNumbers.BINARY_DATA, binary.bytes());
      case Proto proto ->
          put(
              out,
              WireNumbers.PROTO_DATA,
              message(any -> {
                put(any, WireNumbers.TYPE_URL, utf8(WireNumbers.TYPE_PREFIX + proto.type()));
                put(any, WireNumbers.ANY_VALUE, proto.bytes());
              }));
      case Value(String text) when contentType == null || !ContentTypes.isJson(contentType) ->
          put(out, WireNumbers.TEXT_DATA, utf8(text));
      case Value(var payload) -> put(out, WireNumbers.TEXT_DATA, json.bytes(payload));
      case Json _, Raw _, Text _ ->
          throw new IllegalStateException("data to be written is an object");
    }
  }

  private static void put(CodedOutputStream out, int tag, byte[] bytes) throws IOException {
    out.writeByteArray(number(tag), bytes);
  }

  private static int number(int tag) {
    return tag >>> 3;
  }

  private static byte[] utf8(String text) {
    ByteBuffer buffer = Texts.utf8(text);
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
