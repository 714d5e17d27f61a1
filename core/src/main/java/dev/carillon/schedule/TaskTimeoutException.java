package dev.carillon.schedule;

import dev.carillon.event.CarillonException;

/** A task, or one attempt of it, took longer than it was allowed to. */
public final class TaskTimeoutException extends CarillonException {
  private static final long serialVersionUID = 1L;

  TaskTimeoutException(String message) {
    super(message, null);
  }
}
