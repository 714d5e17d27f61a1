package dev.carillon.flow;

/** What is decided of a node when all before it have their outcomes. */
enum Verdict {
  /** It is to run. */
  ADMIT,
  /** The run is being cancelled. */
  CANCEL,
  /** What it depends on has no value. */
  SKIP_UPSTREAM,
  /** Another unit may still give what decides it; it is made ready again then. */
  WAIT
}
