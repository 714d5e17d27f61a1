package dev.carillon.event;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * An event that carries a value.
 *
 * <p>Complete it through the promise. Triggering its event by the handle leaves it without a value,
 * which {@code await} reports as {@link IllegalStateException}. Safe for use by any thread; the
 * memory consistency effects are those of {@link Event}.
 *
 * @param <T> type of the value
 */
public sealed interface Promise<T> permits SlotPromise {

  /** {@return the event that completes with the promise} */
  Event event();

  /**
   * Completes the promise with a value.
   *
   * @param value the value
   * @throws AlreadyCompletedException if it was complete
   */
  void complete(T value);

  /**
   * Completes the promise with a value unless it is complete already.
   *
   * @param value the value
   * @return whether this call completed it
   */
  boolean tryComplete(T value);

  /**
   * Completes the promise with failure; does nothing if it failed already.
   *
   * @param reason why
   * @throws AlreadyCompletedException if it has a value
   */
  void poison(String reason);

  /**
   * Completes the promise with failure; does nothing if it failed already.
   *
   * @param cause why
   * @throws AlreadyCompletedException if it has a value
   */
  void poison(Throwable cause);

  /**
   * Waits for the value.
   *
   * @return the value
   * @throws PoisonedException if the promise fails
   * @throws InterruptedException if the thread is interrupted first
   */
  T await() throws InterruptedException;

  /**
   * Waits for the value, for a time.
   *
   * @param timeout how long at most
   * @return the value; empty if the time passed first
   * @throws PoisonedException if the promise fails
   * @throws InterruptedException if the thread is interrupted first
   */
  Optional<T> await(Duration timeout) throws InterruptedException;

  /** {@return a new stage with the promise's outcome; cancelling it does not touch the promise} */
  CompletionStage<T> stage();
}
