package dev.carillon.source;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Says that where items go is closed, so that none of them is at fault. */
final class OutletClosedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  OutletClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
