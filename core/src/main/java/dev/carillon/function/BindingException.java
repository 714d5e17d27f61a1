package dev.carillon.function;

import dev.carillon.event.CarillonException;

/** An argument that does not fit, is missing or is one too many; says all that is expected. */
public final class BindingException extends CarillonException {
  private static final long serialVersionUID = 1L;

  BindingException(String message) {
    super(message, null);
  }

  BindingException(String message, Throwable cause) {
    super(message, cause);
  }
}
