package dev.carillon.tools;

/**
 * What is to go wrong in a census.
 *
 * @param kind how
 * @param className which class it happens to; empty if none
 */
record Fault(Kind kind, String className) {
  /** Nothing goes wrong. */
  static final Fault NONE = new Fault(Kind.NONE, "");

  /** How a class fails. */
  enum Kind {
    /** It does not. */
    NONE,
    /** Its event is poisoned. */
    BREAK,
    /** Its event never completes. */
    HANG
  }

  boolean hits(ClassNode<?> node) {
    return kind != Kind.NONE && node.name().equals(className);
  }
}
