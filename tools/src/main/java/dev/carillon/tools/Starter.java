package dev.carillon.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Starts the command of a watch. Safe for use by any thread. */
final class Starter {
  private static final String CLEAR = "\u001b[H\u001b[2J\u001b[3J";

  private final WatchPlan plan;
  private final PrintWriter out;
  private final PrintWriter err;

  Starter(WatchPlan plan, PrintWriter out, PrintWriter err) {
    this.plan = plan;
    this.out = out;
    this.err = err;
  }

  /**
   * {@return the command, started}
   *
   * @param attempt 1 for the first time
   * @throws IOException if it cannot be started
   */
  Child start(WatchTrigger trigger, int attempt) throws IOException {
    WatchOutput output = plan.output();
    if (output.clears()) {
      out.print(CLEAR);
      out.flush();
    }
    boolean isList = plan.mode() == WatchPlan.Mode.BATCH;
    Child child =
        Child.start(
            plan.command().builder(trigger, attempt, output),
            isList ? trigger.pathList() : new byte[0]);
    if (output.isLabelled()) {
      String label = isList ? trigger.event() : trigger.relative();
      child.readBy(
          List.of(
              LabelledLines.print(child.process().inputReader(), label, output.json() ? err : out),
              LabelledLines.print(child.process().errorReader(), label, err)));
    }
    return child;
  }
}
