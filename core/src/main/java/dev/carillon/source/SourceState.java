package dev.carillon.source;

/** How a source is. */
public enum SourceState {
  /** Not started yet, or stopped: it takes nothing in. */
  STOPPED,
  /** Opening what it reads. */
  STARTING,
  /** Connected: items come, or may come. */
  CONNECTED,
  /** Connected, but nothing has come for as long as {@link SourceConfig#idleAfter} says. */
  IDLE,
  /** Not connected, after a failure; it tries again after a delay. */
  FAILING,
  /** Over: there is nothing more to come. */
  ENDED,
  /** Over: it failed, and its policy says not to try again. */
  FAILED
}
