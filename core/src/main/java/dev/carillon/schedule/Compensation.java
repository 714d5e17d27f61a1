package dev.carillon.schedule;

/** Undoes what the attempts of a task have done, once the task has failed for good. */
@FunctionalInterface
public interface Compensation {

  /**
   * Undoes it. Runs where the task ran, with the task's permits and locks still held, before the
   * task's event is poisoned; of a task that is cancelled, after that, and if it is cancelled
   * between two attempts, without permits and locks.
   *
   * @param cause why the task failed
   * @throws Exception if undoing fails; logged, counted, and added to the cause
   */
  void undo(Throwable cause) throws Exception;
}
