package dev.carillon.schedule;

import dev.carillon.event.CarillonException;
import java.time.Duration;

/** Thrown when a {@link Gate} refuses a call. The work was not called. */
public final class GateClosedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /** How long the gate refuses at the least. */
  private final Duration retryAfter;

  /**
   * Makes the exception for a refusal.
   *
   * @param refused the gate's answer, whose reason is the message
   */
  public GateClosedException(Gate.Admission.Refused refused) {
    super(
        refused.retryAfter().isZero()
            ? refused.reason()
            : refused.reason() + "; retry after " + refused.retryAfter(),
        null);
    this.retryAfter = refused.retryAfter();
  }

  /** {@return how long the gate will refuse at the least; zero if that is not known} */
  public Duration retryAfter() {
    return retryAfter;
  }
}
