package dev.carillon.flow;

/** What can happen in a run. Nodes and units are known by their names. */
sealed interface ReferenceAction {

  /** An iteration of a unit begins. */
  record BeginIteration(String unit, long iteration) implements ReferenceAction {}

  /** It is decided what becomes of a node: it is admitted, or its end is settled. */
  record Decide(String node, long iteration) implements ReferenceAction {}

  /** The work of a part is called. */
  record BeginAttempt(String node, long iteration, int attempt) implements ReferenceAction {}

  /** The work has returned, and its value was checked. */
  record EndAttempt(String node, long iteration, int attempt, boolean ok)
      implements ReferenceAction {}

  /** A node gets its outcome. */
  record End(String node, long iteration, Ending ending) implements ReferenceAction {}

  /** All nodes of an iteration have their outcomes. */
  record EndIteration(String unit, long iteration, RunStatus status) implements ReferenceAction {}

  /** Somebody calls {@code cancel()}. */
  record Cancel() implements ReferenceAction {}

  /** Somebody calls {@code stop()}. */
  record Stop() implements ReferenceAction {}

  /** The run has ended. */
  record EndRun(RunStatus status) implements ReferenceAction {}
}
