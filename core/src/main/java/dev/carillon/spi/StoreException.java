package dev.carillon.spi;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Thrown when a message store cannot do what it was asked to; says why, and what to change. */
public class StoreException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by stores.
   *
   * @param message states the rule that was broken and the value that broke it
   * @param cause what led to this, if anything
   */
  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
