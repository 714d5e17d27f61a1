package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A cycle contradicts itself, or is wired as none can be. */
public final class PlanException extends CarillonException {
  private static final long serialVersionUID = 1;

  PlanException(String message) {
    super(message, null);
  }
}
