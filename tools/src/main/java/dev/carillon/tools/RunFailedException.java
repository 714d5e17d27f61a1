package dev.carillon.tools;

/** Says that a command has failed. */
final class RunFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient RunEnded run;

  RunFailedException(RunEnded run) {
    super(run.failure(), null, false, false);
    this.run = run;
  }

  RunEnded run() {
    return run;
  }
}
