package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Data;
import dev.carillon.codec.CloudEvent.Json;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Events as objects of JSON. */
final class JacksonCloudEvents implements CloudEventsJson {
  /*
   * Reading goes over the text once. The members of the object come in any order, so data may come
   * before the type that says what it is: it is kept as tokens, which keep numbers as they were
   * written, and becomes a payload at the end. All limits hold for the whole text and are checked as
   * it is parsed; duplicate names are refused at every level.
   */
  private static final String NO_JSON = "an event must be well-formed JSON";

  private final CloudEventsConfig config;
  private final JsonMapping json;
  private final EventMaker events;
  private final MessageMaker messages;

  JacksonCloudEvents(CloudEventsConfig config) {
    this.config = config;
    this.json = new JsonMapping(config);
    var types = new EventTypes(config);
    var payloads = new Payloads(json, config.maxDepth());
    this.events = new EventMaker(types, payloads);
    this.messages = new MessageMaker(config, types, payloads);
  }

  @Override
  public CloudEventsConfig config() {
    return config;
  }

  // ── writing ──

  @Override
  public byte[] write(Message<?> message) {
    CloudEvent event = events.toEvent(message);
    return write(generator -> write(generator, event));
  }

  @Override
  public String writeText(Message<?> message) {
    return new String(write(message), StandardCharsets.UTF_8);
  }

  @Override
  public byte[] writeBatch(List<? extends Message<?>> batch) {
    return write(generator -> {
      generator.writeStartArray();
      for (Message<?> message : batch) {
        write(generator, events.toEvent(message));
      }
      generator.writeEndArray();
    });
  }

  private interface Writing {
    void to(JsonGenerator generator);
  }

  private byte[] write(Writing writing) {
    var out = new BoundedBytes(config.maxBytes());
    return JsonMapping.calling(
        "a message must be of what JSON can hold",
        () -> {
          try (JsonGenerator generator = json.generator(out)) {
            writing.to(generator);
          }
          return out.toByteArray();
        });
  }

  private void write(JsonGenerator generator, CloudEvent event) {
    generator.writeStartObject();
    event
        .attributes()
        .forEach((name, value) -> {
          if (name.equals(Names.HOPS)) {
            generator.writeNumberProperty(name, Integer.parseInt(value));
          } else {
            generator.writeStringProperty(name, value);
          }
        });
    switch (event.data()) {
      case None _ -> {}
      case Binary binary ->
          generator.writeStringProperty(
              Names.DATA_BASE64, Base64.getEncoder().encodeToString(binary.bytes()));
      case Value(var payload) -> {
        generator.writeName(Names.DATA);
        json.write(generator, payload);
      }
      case Json _ -> throw new IllegalStateException("data to be written is an object");
    }
    generator.writeEndObject();
  }

  // ── reading ──

  @Override
  public Message<?> read(byte[] event) {
    checkLength(event.length);
    return parse(Texts.utf8(event, "an event"));
  }

  @Override
  public Message<?> read(String event) {
    checkLength(event);
    return parse(event);
  }

  @Override
  public List<Message<?>> readBatch(byte[] batch) {
    checkLength(batch.length);
    return parseBatch(Texts.utf8(batch, "a batch"));
  }

  @Override
  public List<Message<?>> readBatch(String batch) {
    checkLength(batch);
    return parseBatch(batch);
  }

  private void checkLength(String text) {
    if (text.length() > config.maxBytes() / 3) { // at most three bytes for each char
      checkLength(text.getBytes(StandardCharsets.UTF_8).length);
    }
  }

  private void checkLength(int bytes) {
    if (bytes > config.maxBytes()) {
      throw new CodecException(
          "an event or batch must be at most maxBytes long: maxBytes=%d, bytes=%d"
              .formatted(config.maxBytes(), bytes));
    }
  }

  private Message<?> parse(String text) {
    return JsonMapping.<Message<?>>calling(
        NO_JSON,
        () -> {
          try (JsonParser parser = json.parser(text)) {
            expect(
                parser.nextToken(), JsonToken.START_OBJECT, "an event must be an object of JSON");
            Message<?> message = messages.toMessage(event(parser));
            expectEnd(parser);
            return message;
          }
        });
  }

  private List<Message<?>> parseBatch(String text) {
    return JsonMapping.<List<Message<?>>>calling(
        NO_JSON,
        () -> {
          try (JsonParser parser = json.parser(text)) {
            expect(parser.nextToken(), JsonToken.START_ARRAY, "a batch must be an array of JSON");
            var read = new ArrayList<Message<?>>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              read.add(inBatch(parser, read.size()));
            }
            expectEnd(parser);
            return List.copyOf(read);
          }
        });
  }

  private Message<?> inBatch(JsonParser parser, int index) {
    try {
      expect(parser.currentToken(), JsonToken.START_OBJECT, "an event must be an object of JSON");
      return messages.toMessage(event(parser));
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

  private CloudEvent event(JsonParser parser) {
    Map<String, String> attributes = new LinkedHashMap<>();
    Data data = new None();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      boolean isData = name.equals(Names.DATA) || name.equals(Names.DATA_BASE64);
      if (isData && !(data instanceof None)) {
        throw new CodecException("data and data_base64 must not both be there");
      } else if (name.equals(Names.DATA)) {
        data = json.tokens(parser);
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
    if (!Names.isAttribute(name) && !name.equals(Names.DATA_BASE64)) {
      throw new CodecException(
          "an attribute's name must be of a-z and 0-9: attribute=" + Texts.show(name));
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
    if (!Texts.isAllowed(value)) {
      throw new CodecException(
          "an attribute must have no control characters, noncharacters or halves of surrogate pairs: attribute=%s, value=%s"
              .formatted(Texts.show(name), Texts.show(value)));
    }
    return value;
  }

  // ── publishing ──

  @Override
  public Delivery publish(Bus bus, byte[] event) {
    return publish(bus, read(event));
  }

  @Override
  public Delivery publish(Bus bus, Message<?> message) {
    return Republishing.publish(bus, message);
  }
}
