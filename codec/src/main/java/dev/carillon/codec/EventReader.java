package dev.carillon.codec;

import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Data;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Raw;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads events that are objects of JSON. */
final class EventReader {
  /*
   * Reading goes over the text once. The members of the object come in any order, so data may come
   * before the type that says what it is: it is kept as tokens, which keep numbers as they were
   * written, and becomes a payload at the end. All limits hold for the whole text and are checked as
   * it is parsed; duplicate names are refused at every level.
   */
  private static final String NO_JSON = "an event must be well-formed JSON";

  private final CloudEventsConfig config;
  private final JsonMapping json;
  private final boolean isRaw;

  /**
   * Makes a reader.
   *
   * @param isRaw whether data is given as it was written, and not as tokens
   */
  EventReader(CloudEventsConfig config, JsonMapping json, boolean isRaw) {
    this.config = config;
    this.json = json;
    this.isRaw = isRaw;
  }

  /** {@return the text of a document in UTF-8 that is not too long} */
  String text(byte[] document, String what) {
    checkLength(document.length);
    return Texts.utf8(document, what);
  }

  void checkLength(int bytes) {
    if (bytes > config.maxBytes()) {
      throw new CodecException(
          "an event or batch must be at most maxBytes long: maxBytes=%d, bytes=%d"
              .formatted(config.maxBytes(), bytes));
    }
  }

  /** {@return what is made of the one event of a text} */
  <R> R one(String text, Function<CloudEvent, R> make) {
    return JsonMapping.<R>calling(
        NO_JSON,
        () -> {
          try (JsonParser parser = json.parser(text)) {
            expect(
                parser.nextToken(), JsonToken.START_OBJECT, "an event must be an object of JSON");
            R made = make.apply(event(parser, text));
            expectEnd(parser);
            return made;
          }
        });
  }

  /** {@return what is made of the events of a batch, in their order} */
  <R> List<R> batch(String text, int most, Function<CloudEvent, R> make) {
    return JsonMapping.<List<R>>calling(
        NO_JSON,
        () -> {
          try (JsonParser parser = json.parser(text)) {
            expect(parser.nextToken(), JsonToken.START_ARRAY, "a batch must be an array of JSON");
            var read = new ArrayList<R>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              if (read.size() == most) {
                throw new CodecException("a batch must be of at most %d events".formatted(most));
              }
              read.add(inBatch(parser, text, read.size(), make));
            }
            expectEnd(parser);
            return List.copyOf(read);
          }
        });
  }

  private <R> R inBatch(JsonParser parser, String text, int index, Function<CloudEvent, R> make) {
    try {
      expect(parser.currentToken(), JsonToken.START_OBJECT, "an event must be an object of JSON");
      return make.apply(event(parser, text));
    } catch (CodecException e) {
      throw new CodecException("event %d of the batch: %s".formatted(index, e.getMessage()), e);
    }
  }

  private static void expect(@Nullable JsonToken token, JsonToken expected, String rule) {
    if (token != expected) {
      throw new CodecException(rule + ": it begins with " + (token == null ? "its end" : token));
    }
  }

  private static void expectEnd(JsonParser parser) {
    JsonToken token = parser.nextToken();
    if (token != null) {
      throw new CodecException("nothing must come after the end of an event or batch: " + token);
    }
  }

  private CloudEvent event(JsonParser parser, String text) {
    Map<String, String> attributes = new LinkedHashMap<>();
    Data data = new None();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      boolean isData = name.equals(Names.DATA) || name.equals(Names.DATA_BASE64);
      if (isData && !(data instanceof None)) {
        throw new CodecException("data and data_base64 must not both be there");
      } else if (name.equals(Names.DATA)) {
        data = isRaw ? raw(parser, text) : json.tokens(parser);
      } else if (token == JsonToken.VALUE_NULL) {
        checkName(name); // a null says that it is not there
      } else if (name.equals(Names.DATA_BASE64)) {
        data = new Binary(bytes(parser, token));
      } else {
        checkName(name);
        attributes.put(name, value(parser, name, token));
      }
    }
    return new CloudEvent(attributes, data);
  }

  /** {@return the value at which a parser is, all of it; the parser is then at its end} */
  private static Data raw(JsonParser parser, String text) {
    int start = (int) parser.currentTokenLocation().getCharOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getCharOffset();
    return parser.currentToken() == JsonToken.VALUE_NULL
        ? new None()
        : new Raw(text.substring(start, end).strip());
  }

  private static byte[] bytes(JsonParser parser, JsonToken token) {
    if (token != JsonToken.VALUE_STRING) {
      throw new CodecException("data_base64 must be a string: it is " + token);
    }
    String text = parser.getString();
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new CodecException("data_base64 must be Base64: " + Texts.show(text), e);
    }
  }

  private static void checkName(String name) {
    if (!name.equals(Names.DATA_BASE64)) {
      Names.checkAttribute(name);
    }
  }

  private static String value(JsonParser parser, String name, JsonToken token) {
    boolean isScalar =
        token == JsonToken.VALUE_STRING
            || (!Names.CONTEXT.contains(name) && (token.isNumeric() || token.isBoolean()));
    if (!isScalar) {
      throw new CodecException(
          "an attribute must be a string, an extension a string, number or boolean: attribute=%s is %s"
              .formatted(Texts.show(name), token));
    }
    String value = parser.getString();
    return Texts.checkAttribute(name, value);
  }
}
