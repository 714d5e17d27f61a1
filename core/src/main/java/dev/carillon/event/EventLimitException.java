package dev.carillon.event;

/** Thrown when an event system is at one of its configured limits and refuses more work. */
public final class EventLimitException extends CarillonException {
  private static final long serialVersionUID = 1L;

  EventLimitException(String message) {
    super(message, null);
  }
}
