package dev.carillon.schedule;

/** Undoes what the attempts of a task have done, once the task has failed for good. */
@FunctionalInterface
public interface Compensation {

  /**
   * Undoes it. After a failed attempt it runs where the task ran, with the task's permits and locks
   * still held, before the task's event is poisoned. If the task is cancelled it runs after that:
   * with the permits and locks if an attempt was running, without them between attempts.
   *
   * @param cause why the task failed
   * @throws Exception if undoing fails; logged, counted, and added to the cause
   */
  void undo(Throwable cause) throws Exception;
}
