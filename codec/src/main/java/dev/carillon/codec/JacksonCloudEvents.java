package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import dev.carillon.codec.CloudEvent.Binary;
import dev.carillon.codec.CloudEvent.Json;
import dev.carillon.codec.CloudEvent.None;
import dev.carillon.codec.CloudEvent.Proto;
import dev.carillon.codec.CloudEvent.Raw;
import dev.carillon.codec.CloudEvent.Text;
import dev.carillon.codec.CloudEvent.Value;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Events as objects of JSON. */
final class JacksonCloudEvents implements CloudEventsJson {
  private final CloudEventsConfig config;
  private final JsonMapping json;
  private final EventMaker events;
  private final MessageMaker messages;
  private final EventReader reader;

  JacksonCloudEvents(CloudEventsConfig config) {
    this.config = config;
    this.json = new JsonMapping(config);
    var types = new EventTypes(config);
    var payloads = new Payloads(json, config.maxDepth());
    this.events = new EventMaker(types, payloads, true);
    this.messages = new MessageMaker(config, types, payloads);
    this.reader = new EventReader(config, json, false);
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
        JsonMapping.UNWRITABLE,
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
      case Proto message ->
          generator.writeStringProperty(
              Names.DATA_BASE64, Base64.getEncoder().encodeToString(message.bytes()));
      case Value(var payload) -> {
        generator.writeName(Names.DATA);
        json.write(generator, payload);
      }
      case Json _, Raw _, Text _ ->
          throw new IllegalStateException("data to be written is an object");
    }
    generator.writeEndObject();
  }

  // ── reading ──

  @Override
  public Message<?> read(byte[] event) {
    return parse(reader.text(event, "an event"));
  }

  @Override
  public Message<?> read(String event) {
    checkLength(event);
    return parse(event);
  }

  @Override
  public List<Message<?>> readBatch(byte[] batch) {
    return parseBatch(reader.text(batch, "a batch"));
  }

  @Override
  public List<Message<?>> readBatch(String batch) {
    checkLength(batch);
    return parseBatch(batch);
  }

  private void checkLength(String text) {
    if (text.length() > config.maxBytes() / 3) { // at most three bytes for each char
      reader.checkLength(text.getBytes(StandardCharsets.UTF_8).length);
    }
  }

  private Message<?> parse(String text) {
    return reader.<Message<?>>one(text, messages::toMessage);
  }

  private List<Message<?>> parseBatch(String text) {
    return reader.<Message<?>>batch(text, Integer.MAX_VALUE, messages::toMessage);
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
