package dev.carillon.schedule;

/** What a task does. */
@FunctionalInterface
public interface Work {

  /**
   * Does it. It is interrupted when the task is cancelled or runs out of time.
   *
   * @throws Exception if it fails; the task is tried again or its event is poisoned with this cause
   */
  void run() throws Exception;
}
