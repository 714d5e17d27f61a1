package dev.carillon.tools;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** What a command printed, and its exit code. */
record CommandRun(int exitCode, String out, String err) {

  /** Runs {@code carillon} in this JVM. */
  static CommandRun carillon(String... args) {
    return of(Main.commandLine(), args);
  }

  static CommandRun of(CommandLine commandLine, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        commandLine
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  List<String> lines() {
    return out.lines().toList();
  }
}
