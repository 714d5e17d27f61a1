package dev.carillon.codec;

import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Data;
import dev.carillon.codec.CloudEvent.Json;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Proto;
import dev.carillon.codec.CloudEvent.Raw;
import dev.carillon.codec.CloudEvent.Text;
import dev.carillon.codec.CloudEvent.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** Payloads as data of events, and data as payloads. */
final class Payloads {
  private final JsonMapping json;
  private final int maxDepth;

  Payloads(JsonMapping json, int maxDepth) {
    this.json = json;
    this.maxDepth = maxDepth;
  }

  /** {@return a payload as data, by the class for which it is written} */
  Data toData(Object payload, Class<?> type) {
    return switch (payload) {
      case byte[] bytes -> new Binary(bytes);
      case NoData _ -> new None();
      case Object message when Protobuf.isMessage(type) -> ProtobufMessages.write(message);
      default -> new Value(checked(payload, type));
    };
  }

  /** {@return a payload} Fails if it is a plain map or list and holds what is not plain. */
  private Object checked(Object payload, Class<?> type) {
    if (type == Map.class || type == List.class) {
      checkPlain(payload, maxDepth);
    }
    return payload;
  }

  /**
   * Fails unless a value can be both written and read: anything could hide in a map, and a number
   * that is read may be too large for a double.
   */
  private static void checkPlain(@Nullable Object value, int depth) {
    if (depth == 0) {
      throw new CodecException("maps and lists must not lie in each other more than maxDepth deep");
    }
    switch (value) {
      case null -> {}
      case String _, Boolean _ -> {}
      case Double d when !Double.isFinite(d) -> refusePlain(d);
      case Float f when !Float.isFinite(f) -> refusePlain(f);
      case Number number when number.getClass().getName().startsWith("java.") -> {}
      case List<?> list -> list.forEach(element -> checkPlain(element, depth - 1));
      case Map<?, ?> map ->
          map.forEach((key, element) -> {
            if (!(key instanceof String)) {
              refusePlain(key);
            }
            checkPlain(element, depth - 1);
          });
      default -> refusePlain(value);
    }
  }

  private static void refusePlain(@Nullable Object value) {
    throw new CodecException(
        "a map or list must hold texts, booleans, finite numbers, lists and maps by texts only: class=%s, value=%s"
            .formatted(
                value == null ? "null" : value.getClass().getName(),
                Texts.show(value instanceof Number n ? n.toString() : "…")));
  }

  Object toPayload(Data data, Class<?> type, @Nullable String contentType) {
    return switch (data) {
      case None _ when type == NoData.class -> new NoData();
      case None _ -> throw new CodecException("an event of its type must have data: " + name(type));
      case Json(var tokens, _)
          when type == NoData.class && tokens.firstToken() == JsonToken.VALUE_NULL ->
          new NoData();
      case Json _, Binary _, Text _, Proto _ when type == NoData.class ->
          throw new CodecException("an event of its type must have no data");
      case Json tokens -> fromJson(tokens, type, contentType);
      case Binary binary -> fromBytes(binary.bytes(), type, contentType);
      case Text(var text) -> fromText(text, type, contentType);
      case Proto message when Protobuf.isMessage(type) ->
          ProtobufMessages.read(message, type, maxDepth);
      case Proto message ->
          throw new CodecException(
              "data that is a message of protobuf must be for a class of one: message=%s, %s"
                  .formatted(Texts.show(message.type()), name(type)));
      case Value _, Raw _ -> throw new IllegalStateException("data that was read is no object yet");
    };
  }

  private Object fromJson(Json data, Class<?> type, @Nullable String contentType) {
    boolean isJson = contentType == null || ContentTypes.isJson(contentType);
    if (isJson && type != byte[].class && !Protobuf.isMessage(type)) {
      return checked(json.payload(data, type), type);
    }
    if (!isJson && (type == String.class || type == byte[].class)) {
      String text = (String) json.payload(data, String.class);
      return type == String.class ? text : text.getBytes(StandardCharsets.UTF_8);
    }
    throw refusal("data", type, contentType);
  }

  /** Text of no media type is what the class says: itself for a String, JSON for the others. */
  private Object fromText(String text, Class<?> type, @Nullable String contentType) {
    boolean isText = type == String.class || type == byte[].class;
    boolean isJson = contentType == null ? !isText : ContentTypes.isJson(contentType);
    if (isJson && type != byte[].class && !Protobuf.isMessage(type)) {
      return checked(json.payload(text, type), type);
    }
    if (!isJson && isText) {
      return type == String.class ? text : text.getBytes(StandardCharsets.UTF_8);
    }
    throw refusal("text", type, contentType);
  }

  private Object fromBytes(byte[] bytes, Class<?> type, @Nullable String contentType) {
    if (type == byte[].class) {
      return bytes;
    }
    if (Protobuf.isMessage(type)) {
      if (contentType == null || ContentTypes.isProtobuf(contentType)) {
        return ProtobufMessages.read(bytes, type, maxDepth);
      }
      throw refusal(Names.DATA_BASE64, type, contentType);
    }
    if (contentType != null && ContentTypes.isJson(contentType)) {
      return checked(json.payload(Texts.utf8(bytes, Names.DATA_BASE64), type), type);
    }
    if (contentType != null && type == String.class && ContentTypes.isUtf8Text(contentType)) {
      return Texts.utf8(bytes, Names.DATA_BASE64);
    }
    throw refusal(Names.DATA_BASE64, type, contentType);
  }

  private static CodecException refusal(
      String member, Class<?> type, @Nullable String contentType) {
    return new CodecException(
        "%s of a datacontenttype must fit the type of event: datacontenttype=%s, %s"
            .formatted(member, contentType == null ? "none" : Texts.show(contentType), name(type)));
  }

  private static String name(Class<?> type) {
    return "class=" + type.getTypeName();
  }
}
