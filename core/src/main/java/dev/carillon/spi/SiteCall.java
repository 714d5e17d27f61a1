package dev.carillon.spi;

import dev.carillon.event.Event;
import java.util.List;

/** One attempt of a part, for a {@link Site}. Safe for use by any thread. */
public interface SiteCall {

  /** {@return the part's name} */
  String part();

  /** {@return which attempt it is, 1 for the first} */
  int attempt();

  /** {@return the same text for each attempt of the part in an iteration of a run} */
  String idempotencyKey();

  /** {@return the function that was given as the part's work} */
  Object work();

  /** {@return the part's inputs, in their order} */
  List<Object> inputs();

  /**
   * Calls the work on this thread, for sites that are in this process.
   *
   * @return its value
   * @throws Exception what it throws
   */
  Object call() throws Exception;

  /**
   * Tells the value.
   *
   * @param value what the work gave
   * @return false if the outcome was fixed before, by whoever
   */
  boolean succeed(Object value);

  /**
   * Tells the failure.
   *
   * @param cause why
   * @return false if the outcome was fixed before, by whoever
   */
  boolean fail(Throwable cause);

  /** {@return whether nobody waits for the outcome any more} */
  boolean isCancelled();

  /**
   * {@return the event that is triggered when nobody waits for the outcome any more, and poisoned
   * when an outcome was told} To be looked at or waited for, and completed by nobody else.
   */
  Event cancelled();
}
