package dev.carillon.bench;

/** Says that a subject could not be measured. */
final class BenchmarkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  BenchmarkException(String message, Throwable cause) {
    super(message, cause);
  }

  BenchmarkException(String message) {
    super(message);
  }
}
