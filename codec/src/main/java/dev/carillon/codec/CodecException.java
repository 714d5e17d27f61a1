package dev.carillon.codec;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/**
 * Says that something cannot be written or read: its message names the rule that was broken and the
 * value that broke it, shortened and with control characters escaped. The only exception that
 * reading throws, whatever the input.
 */
public final class CodecException extends CarillonException {
  private static final long serialVersionUID = 1L;

  CodecException(String message) {
    super(message, null);
  }

  CodecException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
