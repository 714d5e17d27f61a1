package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Turns messages into CloudEvents 1.0 in JSON, and CloudEvents into messages: the structured format
 * {@code application/cloudevents+json}, and its batches.
 *
 * {@snippet :
 * record Order(String item, int count) {}
 * CloudEventsJson json = CloudEventsJson.of(c -> c.withType("com.shop.order.v1", Order.class));
 * try (var bus = Bus.open()) {
 *   Topic<Order> orders = Topic.of("shop.orders", Order.class);
 *   bus.subscribe(orders, message -> System.out.println(json.writeText(message)));
 *   bus.publish(orders, new Order("apples", 2)).await(Duration.ofSeconds(1));
 * }
 * }
 *
 * <p>What is written can be read again, and gives a message that is equal but for its topic's type,
 * which is the payload's class unless {@link CloudEventsConfig#withTopic} says another. {@code
 * docs/cloudevents.md} says which attribute holds what. Only payloads of classes that the settings
 * name are written and read; no text ever chooses a class by its name.
 *
 * <p>Immutable, and safe for use by any thread.
 */
public sealed interface CloudEventsJson permits JacksonCloudEvents {

  /** The media type of one event. */
  String MEDIA_TYPE = "application/cloudevents+json";

  /** The media type of a batch. */
  String BATCH_MEDIA_TYPE = "application/cloudevents-batch+json";

  /** {@return a codec with the default settings} It knows the plain types only. */
  static CloudEventsJson of() {
    return of(config -> config);
  }

  /**
   * {@return a codec}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting breaks a rule
   */
  static CloudEventsJson of(UnaryOperator<CloudEventsConfig> configure) {
    return new JacksonCloudEvents(configure.apply(CloudEventsConfig.DEFAULT));
  }

  /** {@return the settings} */
  CloudEventsConfig config();

  /**
   * {@return a message as an event, in UTF-8}
   *
   * @param message what to write
   * @throws CodecException if the payload's class is not known, or the message cannot be written
   *     within the limits
   */
  byte[] write(Message<?> message);

  /**
   * {@return a message as an event}
   *
   * @param message what to write
   * @throws CodecException if the payload's class is not known, or the message cannot be written
   *     within the limits
   */
  String writeText(Message<?> message);

  /**
   * {@return messages as a batch, in UTF-8}
   *
   * @param batch what to write, in this order; may be empty
   * @throws CodecException if a payload's class is not known, or the messages cannot be written
   *     within the limits, which are those of the whole batch
   */
  byte[] writeBatch(List<? extends Message<?>> batch);

  /**
   * {@return the message that an event is}
   *
   * @param event in UTF-8
   * @throws CodecException if it is not an event, its type is not known, its data does not fit its
   *     type, or a limit is exceeded
   */
  Message<?> read(byte[] event);

  /**
   * {@return the message that an event is}
   *
   * @param event the text
   * @throws CodecException if it is not an event, its type is not known, its data does not fit its
   *     type, or a limit is exceeded
   */
  Message<?> read(String event);

  /**
   * {@return the messages that the events of a batch are, in their order}
   *
   * @param batch in UTF-8
   * @throws CodecException if {@link #read} would refuse one of its events, which the message
   *     names, or if the batch exceeds a limit
   */
  List<Message<?>> readBatch(byte[] batch);

  /**
   * {@return the messages that the events of a batch are, in their order}
   *
   * @param batch the text
   * @throws CodecException if {@link #read} would refuse one of its events, which the message
   *     names, or if the batch exceeds a limit
   */
  List<Message<?>> readBatch(String batch);

  /**
   * Reads an event and publishes it as {@link #publish(Bus, Message)} does.
   *
   * @param bus where
   * @param event in UTF-8
   * @return what becomes of it
   * @throws CodecException as {@link #read} does
   * @throws IllegalStateException if the bus is closed
   */
  Delivery publish(Bus bus, byte[] event);

  /**
   * Publishes what was read: on its topic, with its payload, headers and correlation id. The bus
   * gives every message an id, a time, a source, a publisher, a sequence and a cause of its own;
   * the original's are kept as headers {@code cloudevents-id}, {@code cloudevents-time}, {@code
   * cloudevents-source}, {@code cloudevents-publisher}, {@code cloudevents-sequence}, {@code
   * cloudevents-hops} and, if it has one, {@code cloudevents-causationid}. Headers by which a bus
   * marks requests are left out, since who asked is on another bus.
   *
   * @param bus where
   * @param message what was read
   * @return what becomes of it
   * @throws IllegalStateException if the bus is closed
   * @throws dev.carillon.bus.TopicTypeException if the topic's name is in use for an unrelated type
   */
  Delivery publish(Bus bus, Message<?> message);
}
