package dev.carillon.schedule;

/** What became of an item that was offered to a lane. */
public enum Offer {
  /** The lane has it, and will hand it to its handler, unless that is full and drops it. */
  ACCEPTED,
  /** The lane was full and has not taken it. */
  FULL,
  /** The lane was closed and has not taken it. */
  CLOSED
}
