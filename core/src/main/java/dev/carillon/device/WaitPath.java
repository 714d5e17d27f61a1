package dev.carillon.device;

/** How a stream waits for an event, from the cheapest to the dearest. */
public enum WaitPath {
  /** Not at all: the event has finished, or the stream is ordered and the event's own. */
  NONE,

  /** By the driver or drivers; the host does nothing. */
  NATIVE,

  /**
   * Through the host: a gate is put into the stream, and opened when the event finishes. No thread
   * waits.
   */
  GATE,

  /** Through the host: the thread that has the stream wait is blocked until the event finishes. */
  BLOCKING
}
