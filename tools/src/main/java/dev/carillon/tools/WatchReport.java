package dev.carillon.tools;

import java.io.PrintWriter;

/** Tells how a watch goes. Safe for use by any thread. */
final class WatchReport {
  static final String COMMAND = "carillon watch";

  private final WatchOutput output;
  private final PrintWriter out;
  private final PrintWriter err;

  WatchReport(WatchOutput output, PrintWriter out, PrintWriter err) {
    this.output = output;
    this.out = out;
    this.err = err;
  }

  /** A run has ended. */
  void ended(RunEnded run) {
    if (output.json()) {
      out.println(run.json());
    }
    if (!run.isFine()) {
      tell(run.failure());
    }
  }

  /** Prints a line for people. */
  void tell(String line) {
    if (!output.isQuiet()) {
      err.println(COMMAND + ": " + line);
    }
  }

  /** Prints why there is no more to watch, in any case. */
  void fail(String reason) {
    err.println(COMMAND + ": " + reason);
  }
}
