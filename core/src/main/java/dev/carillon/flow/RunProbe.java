package dev.carillon.flow;

/**
 * Is told what a run does, as it does it, by whichever thread does it: for tests. What is told of
 * one node comes in its order, and the end of a node before anything that it made possible. Must be
 * quick and safe for use by any thread.
 */
interface RunProbe {

  /** An iteration of a unit begins. */
  default void iterationBegan(int unit, long iteration) {}

  /** A node is admitted, as its guards said yes. */
  default void admitted(int unit, int node, long iteration) {}

  /** The work of a part is about to be called; gates, permits and locks are held. */
  default void attemptBegan(int unit, int node, long iteration, int attempt) {}

  /** The work has returned or was given up; gates, permits and locks are still held. */
  default void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {}

  /** A node has its outcome. */
  default void ended(int unit, int node, long iteration, Ending ending) {}

  /** An iteration of a unit has ended; all its nodes have. */
  default void iterationEnded(int unit, long iteration, RunStatus status) {}

  /** The run has ended. */
  default void runEnded(RunStatus status) {}
}
