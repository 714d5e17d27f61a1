package dev.carillon.source;

/** What became of a frame that was to be sent over a {@link SocketConnection}. */
public enum SendResult {
  /** It is written as soon as the other side takes it, unless the connection fails before. */
  ACCEPTED,
  /** The other side does not read fast enough: as much as may wait is waiting. Nothing was sent. */
  FULL,
  /** The connection is closed, or being closed. Nothing was sent. */
  CLOSED
}
