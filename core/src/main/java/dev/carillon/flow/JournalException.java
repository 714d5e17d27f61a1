package dev.carillon.flow;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** What a run does cannot be written down, or it cannot go on by what was written. */
public final class JournalException extends CarillonException {
  private static final long serialVersionUID = 1;

  JournalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
