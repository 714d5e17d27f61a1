package dev.carillon.bus;

import dev.carillon.event.CarillonException;

/** Says why a request was not answered. */
public final class RequestFailedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  RequestFailedException(String message) {
    super(message, null, false); // of whoever completed the answer
  }
}
