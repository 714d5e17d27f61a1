package dev.carillon.source;

import dev.carillon.event.CarillonException;

/** A source has failed for good: its restart policy does not try again. */
public final class SourceFailedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message which source, and what was tried
   * @param cause what failed last
   */
  public SourceFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
