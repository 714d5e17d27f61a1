package dev.carillon.tools;

import static dev.carillon.tools.Terminal.count;

/** Counts how the runs of a watch ended. Safe for use by any thread. */
final class WatchTally {
  // guarded by this
  private long fine;
  private long failed;
  private long retried;
  private int firstFailure;

  synchronized void add(RunEnded run) {
    if (run.isFine()) {
      fine++;
    } else if (run.isLast()) {
      firstFailure = failed == 0 ? run.exitCode() : firstFailure;
      failed++;
    } else {
      retried++;
    }
  }

  /** {@return whether a command has failed, also when it was tried again} */
  synchronized boolean hasFailures() {
    return failed > 0;
  }

  /** {@return the exit code of the first one that failed; 0 if none did} */
  synchronized int firstFailure() {
    return firstFailure;
  }

  /** {@return a line for people} */
  synchronized String summary() {
    long runs = fine + failed;
    String text =
        "%s %s, %s failed".formatted(count(runs), runs == 1 ? "run" : "runs", count(failed));
    return retried == 0 ? text : text + ", " + count(retried) + " tried again";
  }
}
