package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A part, one attempt of it, or what cleans up after parts took longer than it may. */
public final class PartTimeoutException extends CarillonException {
  private static final long serialVersionUID = 1;

  PartTimeoutException(String message) {
    super(message, null);
  }
}
