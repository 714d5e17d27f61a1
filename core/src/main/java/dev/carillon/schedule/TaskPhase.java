package dev.carillon.schedule;

/** What a task is waiting for, or doing. */
public enum TaskPhase {
  /** Waits for the events it was submitted {@code after}. */
  PRECONDITIONS("its preconditions"),
  /** Waits for the tasks of the same key before it. */
  KEY("its turn among the tasks of its key"),
  /** Ready: waits for a thread of its pool. */
  QUEUED("a thread"),
  /** Waits for permits of resources. */
  PERMITS("permits"),
  /** Waits for a lock. */
  LOCKS("a lock"),
  /** Waits until it is tried again. */
  BACKOFF("its next attempt"),
  /** Runs. */
  RUNNING("its own work"),
  /** Is over. */
  DONE("nothing");

  private final String waitsFor;

  TaskPhase(String waitsFor) {
    this.waitsFor = waitsFor;
  }

  /** {@return what a task in this phase waits for, in words} */
  String waitsFor() {
    return waitsFor;
  }
}
