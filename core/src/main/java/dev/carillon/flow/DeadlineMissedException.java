package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A part was due before an attempt of it began, and says that it is not made then. */
public final class DeadlineMissedException extends CarillonException {
  private static final long serialVersionUID = 1;

  DeadlineMissedException(String message) {
    super(message, null);
  }
}
