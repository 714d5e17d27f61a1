package dev.carillon.event;

/**
 * The duty to complete an event, as a resource: closing the guard before it triggered poisons the
 * event, on every path out of the block.
 *
 * {@snippet :
 * try (var guard = events.guard("load")) {
 *   load();          // if this throws, the event is poisoned
 *   guard.trigger();
 * }
 * }
 *
 * <p>Safe for use by any thread; a guard may be closed by another thread than the one that made it.
 */
public sealed interface EventGuard extends AutoCloseable permits SlotGuard {

  /** {@return the guarded event} */
  Event event();

  /**
   * Triggers the event and ends the duty.
   *
   * @throws AlreadyCompletedException if the event was complete
   */
  void trigger();

  /**
   * Poisons the event and ends the duty.
   *
   * @param reason why
   * @throws AlreadyCompletedException if the event was triggered
   */
  void poison(String reason);

  /**
   * Runs a body, then triggers the event. If the body throws, the event is poisoned with what it
   * threw as the cause, and that is thrown on.
   *
   * @param <X> what the body may throw
   * @param body what to run
   * @throws X what the body threw
   */
  <X extends Throwable> void run(Body<X> body) throws X;

  /** {@return the event, with the duty handed over to the caller: closing does nothing any more} */
  Event release();

  /** Poisons the event unless it is complete or released. Idempotent. */
  @Override
  void close();

  /**
   * What {@link #run} runs.
   *
   * @param <X> what it may throw
   */
  @FunctionalInterface
  interface Body<X extends Throwable> {
    /**
     * Does the work.
     *
     * @throws X if it fails
     */
    void run() throws X;
  }
}
