package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import java.util.ArrayList;
import java.util.List;

/** Events as messages of protobuf. */
final class WireCloudEvents implements CloudEventsProtobuf {
  private final CloudEventsConfig config;
  private final EventMaker events;
  private final MessageMaker messages;
  private final WireWriter writer;
  private final WireReader reader;

  WireCloudEvents(CloudEventsConfig config) {
    this.config = config;
    var json = new JsonMapping(config);
    var types = new EventTypes(config);
    var payloads = new Payloads(json, config.maxDepth());
    this.events = new EventMaker(types, payloads, false);
    this.messages = new MessageMaker(config, types, payloads);
    this.writer = new WireWriter(config, json);
    this.reader = new WireReader(config);
  }

  @Override
  public CloudEventsConfig config() {
    return config;
  }

  @Override
  public byte[] write(Message<?> message) {
    return writer.event(events.toEvent(message));
  }

  @Override
  public byte[] writeBatch(List<? extends Message<?>> batch) {
    var written = new ArrayList<byte[]>();
    long bytes = 0;
    for (Message<?> message : batch) {
      byte[] event = write(message);
      bytes += event.length;
      if (bytes > config.maxBytes()) { // and not only when all of them are there
        throw BoundedBytes.tooLong(config.maxBytes());
      }
      written.add(event);
    }
    return writer.batch(written);
  }

  @Override
  public Message<?> read(byte[] event) {
    return reader.<Message<?>>one(event, messages::toMessage);
  }

  @Override
  public List<Message<?>> readBatch(byte[] batch) {
    return reader.<Message<?>>batch(batch, Integer.MAX_VALUE, messages::toMessage);
  }

  @Override
  public Delivery publish(Bus bus, byte[] event) {
    return publish(bus, read(event));
  }

  @Override
  public Delivery publish(Bus bus, Message<?> message) {
    return Republishing.publish(bus, message);
  }
}
