package dev.carillon.bus;

import java.util.concurrent.CompletionStage;

/**
 * Begins to handle messages, and says when it is done. The next message of a lane comes when the
 * stage of the one before is complete.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface AsyncMessageHandler<T> {

  /**
   * Begins to handle a message.
   *
   * @param message the message
   * @return a stage that completes, exceptionally if handling failed, when the message is handled
   * @throws Exception if it fails at once
   */
  CompletionStage<?> handle(Message<T> message) throws Exception;
}
