package dev.carillon.codec;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Message;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Turns messages into CloudEvents 1.0 in protobuf, and CloudEvents into messages: the structured
 * format {@code application/cloudevents+protobuf}, and its batches.
 *
 * {@snippet :
 * // Order is a class that the compiler of protobuf made.
 * CloudEventsProtobuf events =
 *     CloudEventsProtobuf.of(c -> c.withType("com.shop.order.v1", Order.class));
 * byte[] bytes = events.write(message);
 * Message<?> same = events.read(bytes);
 * }
 *
 * <p>The attributes are those of {@link CloudEventsJson}, by the same settings. A payload that is a
 * message of protobuf, which has a schema, is {@code proto_data}; bytes are {@code binary_data};
 * any other one is {@code text_data}: a {@code String} itself, the others as JSON.
 *
 * <p>It needs {@code com.google.protobuf:protobuf-java}, which who uses it has to name as a
 * dependency.
 *
 * <p>Immutable, and safe for use by any thread.
 */
public sealed interface CloudEventsProtobuf permits WireCloudEvents {

  /** The media type of one event. */
  String MEDIA_TYPE = "application/cloudevents+protobuf";

  /** The media type of a batch. */
  String BATCH_MEDIA_TYPE = "application/cloudevents-batch+protobuf";

  /**
   * {@return a codec with the default settings} It knows the plain types only.
   *
   * @throws IllegalStateException if protobuf is not there; the message says how to add it
   */
  static CloudEventsProtobuf of() {
    return of(config -> config);
  }

  /**
   * {@return a codec}
   *
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting breaks a rule
   * @throws IllegalStateException if protobuf is not there; the message says how to add it
   */
  static CloudEventsProtobuf of(UnaryOperator<CloudEventsConfig> configure) {
    Protobuf.require("CloudEventsProtobuf");
    return new WireCloudEvents(configure.apply(CloudEventsConfig.DEFAULT));
  }

  /** {@return the settings} */
  CloudEventsConfig config();

  /**
   * {@return a message as an event}
   *
   * @param message what to write
   * @throws CodecException if the payload's class is not known, or the message cannot be written
   *     within the limits
   */
  byte[] write(Message<?> message);

  /**
   * {@return messages as a batch}
   *
   * @param batch what to write, in this order; may be empty
   * @throws CodecException if a payload's class is not known, or the messages cannot be written
   *     within the limits, which are those of the whole batch
   */
  byte[] writeBatch(List<? extends Message<?>> batch);

  /**
   * {@return the message that an event is}
   *
   * @param event neither changed nor kept
   * @throws CodecException if it is not an event, its type is not known, its data does not fit its
   *     type, or a limit is exceeded
   */
  Message<?> read(byte[] event);

  /**
   * {@return the messages that the events of a batch are, in their order}
   *
   * @param batch neither changed nor kept
   * @throws CodecException if {@link #read} would refuse one of its events, which the message
   *     names, or if the batch exceeds a limit
   */
  List<Message<?>> readBatch(byte[] batch);

  /**
   * Reads an event and publishes it as {@link #publish(Bus, Message)} does.
   *
   * @param bus where
   * @param event what was received
   * @return what becomes of it
   * @throws CodecException as {@link #read} does
   * @throws IllegalStateException if the bus is closed
   */
  Delivery publish(Bus bus, byte[] event);

  /**
   * Publishes what was read, as {@link CloudEventsJson#publish(Bus, Message)} does.
   *
   * @param bus where
   * @param message what was read
   * @return what becomes of it
   * @throws IllegalStateException if the bus is closed
   * @throws dev.carillon.bus.TopicTypeException if the topic's name is in use for an unrelated type
   */
  Delivery publish(Bus bus, Message<?> message);
}
