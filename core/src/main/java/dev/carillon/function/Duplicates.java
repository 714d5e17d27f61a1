package dev.carillon.function;

/** What happens when a name is registered that is there already. */
public enum Duplicates {
  /** The second is refused with an exception. */
  REJECT,
  /** The second takes the place of the first. */
  REPLACE,
  /** The first stays, and is answered. */
  KEEP,
  /** The second gets the next free number behind its name: {@code send}, {@code send-2} …. */
  NUMBER
}
