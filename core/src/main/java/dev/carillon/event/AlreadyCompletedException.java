package dev.carillon.event;

/** Thrown by an attempt to complete an event a second time; it says which outcome won. */
public final class AlreadyCompletedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /** The outcome that the event had already. */
  private final EventStatus outcome;

  AlreadyCompletedException(String message, EventStatus outcome) {
    super(message, null);
    this.outcome = outcome;
  }

  /** {@return the outcome that won: TRIGGERED or POISONED} */
  public EventStatus outcome() {
    return outcome;
  }
}
