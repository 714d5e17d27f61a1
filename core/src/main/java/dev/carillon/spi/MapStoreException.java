package dev.carillon.spi;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Thrown when a {@link MapStore} cannot do what it was asked to: it is full, closed or broken. */
public class MapStoreException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by stores.
   *
   * @param message states the rule that was broken and the value that broke it
   * @param cause what led to this, if anything
   */
  public MapStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
