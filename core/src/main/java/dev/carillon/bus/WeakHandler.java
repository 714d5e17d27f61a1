package dev.carillon.bus;

/**
 * Handles messages on behalf of an object that the bus does not keep alive: see {@link
 * Bus#subscribeWeakly}. It must not capture that object, or it would be kept alive after all.
 *
 * @param <O> type of the object
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface WeakHandler<O, T> {

  /**
   * Handles a message. What holds for {@link MessageHandler#handle} holds here.
   *
   * @param owner the object
   * @param message the message
   * @throws Exception if it fails
   */
  void handle(O owner, Message<T> message) throws Exception;
}
