package dev.carillon.spi;

/** Whether messages were taken by a stream. */
public enum AppendResult {
  /** They were, and the listener will be told what became of them. */
  ACCEPTED,
  /** They were not: as much waits to be acknowledged, or is kept, as the settings allow. */
  FULL,
  /** They were not: the stream is closed. */
  CLOSED
}
