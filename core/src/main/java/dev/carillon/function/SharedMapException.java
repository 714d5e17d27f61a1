package dev.carillon.function;

import dev.carillon.event.CarillonException;

/** Says that a shared map refused a call, or gave up on it. */
public final class SharedMapException extends CarillonException {
  private static final long serialVersionUID = 1L;

  SharedMapException(String message) {
    super(message, null);
  }
}
