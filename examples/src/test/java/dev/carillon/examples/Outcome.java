package dev.carillon.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/**
 * How an example ended that was run as from the command line.
 *
 * @param exit its exit code
 * @param out what it printed
 * @param err what it printed as errors
 */
public record Outcome(int exit, String out, String err) {

  /** Runs an example in this JVM. */
  public static Outcome of(String... arguments) throws Exception {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var capturedOut = new ByteArrayOutputStream();
    var capturedErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(capturedOut, true, UTF_8));
    System.setErr(new PrintStream(capturedErr, true, UTF_8));
    try {
      int exit = Main.run(arguments);
      return new Outcome(exit, capturedOut.toString(UTF_8), capturedErr.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
