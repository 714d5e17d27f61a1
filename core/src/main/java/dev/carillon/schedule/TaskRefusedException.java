package dev.carillon.schedule;

import dev.carillon.event.CarillonException;

/** A task was not let in: by a gate, by admission, or because the scheduler is full. */
public final class TaskRefusedException extends CarillonException {
  private static final long serialVersionUID = 1L;

  TaskRefusedException(String task, String reason) {
    super("a task was refused: task=%s: %s".formatted(task, reason), null);
  }
}
