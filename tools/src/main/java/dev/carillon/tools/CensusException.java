package dev.carillon.tools;

/** Thrown when a census cannot be taken, or contradicts itself. */
final class CensusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CensusException(String message) {
    super(message);
  }
}
