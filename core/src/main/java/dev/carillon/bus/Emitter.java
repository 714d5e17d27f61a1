package dev.carillon.bus;

/**
 * Publishes on one topic, and remembers who has subscribed to it as long as that does not change.
 * Safe for use by any thread; an emitter of its own for each publishing thread keeps the sequence
 * numbers of its messages in order.
 *
 * @param <T> type of the payloads
 */
public sealed interface Emitter<T> extends AutoCloseable permits LocalEmitter {

  /** {@return the topic} */
  Topic<T> topic();

  /** {@return whether anyone would hear a message} */
  boolean hasSubscribers();

  /**
   * Publishes, and does not ask what becomes of it. What handlers do wrong is counted and logged.
   *
   * @param payload what to publish
   * @throws IllegalStateException if the bus or the emitter is closed
   */
  void emit(T payload);

  /**
   * Publishes.
   *
   * @param payload what to publish
   * @return what becomes of it
   * @throws IllegalStateException if the bus or the emitter is closed
   */
  Delivery publish(T payload);

  /** Lets go of the topic. Idempotent. */
  @Override
  void close();
}
