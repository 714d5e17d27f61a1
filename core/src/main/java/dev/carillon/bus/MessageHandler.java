package dev.carillon.bus;

/**
 * Handles messages, one at a time unless the subscription says otherwise.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface MessageHandler<T> {

  /**
   * Handles a message. No lock is held; it may publish, subscribe, close its own subscription or
   * the bus. It is interrupted when its time is over.
   *
   * @param message the message
   * @throws Exception if it fails; what follows is the subscription's choice, see {@link OnError}
   */
  void handle(Message<T> message) throws Exception;
}
