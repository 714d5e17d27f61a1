package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A part has no value because of a failure, which is the cause. */
public final class PartFailedException extends CarillonException {
  private static final long serialVersionUID = 1;

  PartFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
