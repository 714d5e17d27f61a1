package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/** The root of all exceptions that Carillon defines; unchecked. */
public abstract class CarillonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Used by subclasses.
   *
   * @param message states the rule that was broken and the value that broke it
   * @param cause what led to this, if anything
   */
  protected CarillonException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Used by subclasses that say what happened elsewhere, where the stack of the thread that makes
   * them tells nothing and would only be kept.
   *
   * @param message states the rule that was broken and the value that broke it
   * @param cause what led to this, if anything
   * @param hasStack whether it records the stack
   */
  protected CarillonException(String message, @Nullable Throwable cause, boolean hasStack) {
    super(message, cause, true, hasStack);
  }
}
