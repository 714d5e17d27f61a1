package dev.carillon.flow;

import dev.carillon.event.CarillonException;

/** A value did not pass a check; the message names the rule and the value. */
public final class ValidationException extends CarillonException {
  private static final long serialVersionUID = 1;

  private final boolean input;

  ValidationException(String message, boolean input) {
    super(message, null);
    this.input = input;
  }

  /** {@return whether it was the check of an input, which another attempt would not pass either} */
  public boolean isInput() {
    return input;
  }
}
