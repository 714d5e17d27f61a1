package dev.carillon.schedule;

import dev.carillon.event.CarillonException;

/** A task was not admitted: the scheduler is full, or could not finish it in time. */
public final class TaskRefusedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  TaskRefusedException(String task, String reason) {
    super("a task was refused: task=%s: %s".formatted(task, reason), null);
  }
}
