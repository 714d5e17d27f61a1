package dev.carillon.function;

import dev.carillon.event.CarillonException;

/** Says that a registry refused a call: a rule was broken, or there is no such entry. */
public final class RegistryException extends CarillonException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    super(message, null);
  }
}
