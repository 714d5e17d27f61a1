package dev.carillon.event;

/** Thrown for a handle that no event of this system ever had. */
public final class InvalidHandleException extends CarillonException {
  private static final long serialVersionUID = 1L;

  InvalidHandleException(String message) {
    super(message, null);
  }
}
