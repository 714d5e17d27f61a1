package dev.carillon.function;

import dev.carillon.event.CarillonException;
import org.jspecify.annotations.Nullable;

/** Says that a project's root was not found, or that a path is not in it. */
public final class ProjectRootException extends CarillonException {
  private static final long serialVersionUID = 1L;

  ProjectRootException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
