package dev.carillon.flow;

/** How a node ended in an iteration: what {@link Outcome} is without its values. */
enum Ending {
  SUCCESS(true, RunStatus.OK, false),
  FALLBACK(true, RunStatus.DEGRADED, false),
  FALLBACK_FATAL(true, RunStatus.ERROR, false),
  /** It counts as an error if nobody took the result, which is known when the iteration ends. */
  PROPAGATED(true, RunStatus.OK, false),
  SKIPPED_UPSTREAM(false, RunStatus.OK, false),
  SKIPPED_CONDITION(false, RunStatus.OK, false),
  SKIPPED_OWN(false, RunStatus.OK, false),
  /** As {@link #SKIPPED_OWN}, and the run stops. */
  STOPPED_QUIETLY(false, RunStatus.OK, true),
  FAILED(false, RunStatus.ERROR, false),
  /** As {@link #FAILED}, and the run stops. */
  FAILED_INSTANTLY(false, RunStatus.ERROR, true),
  CANCELLED(false, RunStatus.OK, false);

  /** Whether those that depend on the node can run. */
  final boolean isUsable;

  /** What it means for the status of the iteration. */
  final RunStatus severity;

  /** Whether it stops the run at once. */
  final boolean stopsRun;

  Ending(boolean isUsable, RunStatus severity, boolean stopsRun) {
    this.isUsable = isUsable;
    this.severity = severity;
    this.stopsRun = stopsRun;
  }

  /** {@return whether the node has a value: its own, or a default} */
  boolean hasValue() {
    return isUsable && this != PROPAGATED;
  }
}
