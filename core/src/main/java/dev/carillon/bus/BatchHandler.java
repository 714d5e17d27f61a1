package dev.carillon.bus;

import java.util.List;

/**
 * Handles messages in batches, one batch at a time.
 *
 * @param <T> type of the payloads
 */
@FunctionalInterface
public interface BatchHandler<T> {

  /**
   * Handles a batch. No lock is held. It is interrupted when its time is over. What it publishes is
   * caused by the last message of the batch. If it fails, all messages of the batch have failed.
   *
   * @param batch at least one message, in the order of their coming; never changed
   * @throws Exception if it fails; what follows is the subscription's choice, see {@link OnError}
   */
  void handle(List<Message<T>> batch) throws Exception;
}
