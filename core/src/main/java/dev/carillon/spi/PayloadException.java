package dev.carillon.spi;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Thrown when a {@link PayloadCodec} cannot write a payload, or read what was written. */
public class PayloadException extends CarillonException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by codecs.
   *
   * @param message states the rule that was broken and the value that broke it
   * @param cause what led to this, if anything
   */
  public PayloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
