package dev.carillon.bus;

import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What becomes of one published message: it is over when every subscription that matched has
 * handled it, or is known not to.
 *
 * <p>Safe for use by any thread. What the handlers did happens-before the return of {@link #await}
 * and of {@link #outcomes} that are complete.
 */
public sealed interface Delivery permits LocalDelivery {

  /** {@return how many subscriptions matched} */
  int matched();

  /** {@return whether it is over} */
  boolean isDone();

  /**
   * {@return an event that completes when it is over} Poisoned if an outcome says so, with all such
   * causes: a handler that failed and propagates, one that took too long, a lane that refused.
   */
  Event event();

  /** {@return what is known by now, in the order of subscribing; complete when it is over} */
  List<Outcome> outcomes();

  /**
   * {@return a new stage that completes with all outcomes when it is over, exceptionally with
   * {@link PoisonedException} if its event is poisoned} Cancelling the stage does not touch the
   * delivery.
   */
  CompletionStage<List<Outcome>> stage();

  /**
   * Waits until it is over.
   *
   * @param timeout how long at most
   * @return true if it is over; false if the time passed first
   * @throws PoisonedException if its event is poisoned
   * @throws InterruptedException if the thread is interrupted first
   */
  boolean await(Duration timeout) throws InterruptedException;
}
