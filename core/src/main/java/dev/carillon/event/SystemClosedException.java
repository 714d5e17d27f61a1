package dev.carillon.event;

/** Thrown when a new event is asked of a system that was shut down. */
public final class SystemClosedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  SystemClosedException(String message) {
    super(message, null);
  }
}
