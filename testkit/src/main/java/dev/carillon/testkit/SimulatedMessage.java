package dev.carillon.testkit;

import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A message that a test makes up, for {@link RecordedBus#deliver}: immutable, changed by its
 * methods. What is not said is as for a message that nobody's handler published.
 *
 * @param <T> type of the payload
 */
public final class SimulatedMessage<T> {
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final String SOMEWHERE = "simulated";

  private final Message<T> message;

  private SimulatedMessage(Message<T> message) {
    this.message = message;
  }

  /**
   * {@return a message from the bus {@code simulated}, the first of its publisher}
   *
   * @param topic where it was published
   * @param payload what was published
   * @param time when
   * @param <T> type of the payload
   */
  public static <T> SimulatedMessage<T> of(Topic<T> topic, T payload, Instant time) {
    return new SimulatedMessage<>(
        new Message<>(
            newId(time),
            topic,
            payload,
            time,
            SOMEWHERE,
            SOMEWHERE + "#0",
            1,
            Map.of(),
            null,
            null,
            0));
  }

  /** {@return a UUID of version 7, another one each time} */
  private static UUID newId(Instant time) {
    return new UUID(
        time.toEpochMilli() << 16 | 7L << 12, Long.MIN_VALUE | NUMBERS.incrementAndGet());
  }

  /** {@return the message} */
  public Message<T> message() {
    return message;
  }

  /**
   * {@return this with another id}
   *
   * @param id the id
   */
  public SimulatedMessage<T> id(UUID id) {
    return with(id, message.time(), message.source(), message.publisher(), message.sequence());
  }

  /**
   * {@return this as published at another time}
   *
   * @param time when
   */
  public SimulatedMessage<T> time(Instant time) {
    return with(message.id(), time, message.source(), message.publisher(), message.sequence());
  }

  /**
   * {@return this as from another bus}
   *
   * @param source its name
   */
  public SimulatedMessage<T> source(String source) {
    return with(message.id(), message.time(), source, message.publisher(), message.sequence());
  }

  /**
   * {@return this as numbered by somebody}
   *
   * @param publisher who numbers it
   * @param sequence its number, from 1
   * @throws IllegalArgumentException if the number is less than 1
   */
  public SimulatedMessage<T> publisher(String publisher, long sequence) {
    return with(message.id(), message.time(), message.source(), publisher, sequence);
  }

  private SimulatedMessage<T> with(
      UUID id, Instant time, String source, String publisher, long sequence) {
    return new SimulatedMessage<>(
        new Message<>(
            id,
            message.topic(),
            message.payload(),
            time,
            source,
            publisher,
            sequence,
            message.headers(),
            message.correlationId(),
            message.causationId(),
            message.hops()));
  }

  /**
   * {@return this with a header, in place of one of that name}
   *
   * @param name its name
   * @param value its value
   */
  public SimulatedMessage<T> header(String name, String value) {
    return new SimulatedMessage<>(message.withHeader(name, value));
  }

  /**
   * {@return this with a correlation id}
   *
   * @param id the same for all messages that belong together
   */
  public SimulatedMessage<T> correlation(String id) {
    return because(Objects.requireNonNull(id, "id"), message.causationId(), message.hops());
  }

  /**
   * {@return this as published by the handler of a message, whose correlation id it takes over}
   *
   * @param cause that message
   */
  public SimulatedMessage<T> causedBy(Message<?> cause) {
    return because(cause.correlationId(), cause.id(), cause.hops() + 1);
  }

  /**
   * {@return this as the end of a chain of handlers}
   *
   * @param hops how many
   * @throws IllegalArgumentException if they are less than 0
   */
  public SimulatedMessage<T> hops(int hops) {
    return because(message.correlationId(), message.causationId(), hops);
  }

  private SimulatedMessage<T> because(
      @Nullable String correlation, @Nullable UUID causation, int hops) {
    return new SimulatedMessage<>(
        new Message<>(
            message.id(),
            message.topic(),
            message.payload(),
            message.time(),
            message.source(),
            message.publisher(),
            message.sequence(),
            message.headers(),
            correlation,
            causation,
            hops));
  }

  @Override
  public String toString() {
    return "SimulatedMessage[%s]".formatted(message);
  }
}
