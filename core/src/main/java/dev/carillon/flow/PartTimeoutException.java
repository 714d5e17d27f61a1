package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A part, or one attempt of it, took longer than it may. */
public final class PartTimeoutException extends CarillonException {
  private static final long serialVersionUID = 1;

  PartTimeoutException(String message) {
    super(message, null);
  }
}
