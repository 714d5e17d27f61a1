package dev.carillon.schedule;

/** Undoes what the attempts of a task have done, once the task has failed for good. */
@FunctionalInterface
public interface Compensation {

  /**
   * Undoes it. Runs where the task ran, with the task's permits and locks still held, before the
   * task's event is poisoned.
   *
   * @param cause why the task failed
   * @throws Exception if undoing fails; logged, counted, and added to the cause
   */
  void undo(Throwable cause) throws Exception;
}
