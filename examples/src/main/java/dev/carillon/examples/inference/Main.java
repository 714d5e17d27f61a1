package dev.carillon.examples.inference;

import dev.carillon.event.CarillonException;
import java.io.IOException;
import java.util.List;

/** Runs the inference server, and a load on it: {@code ./carillon example inference}. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Main() {}

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code: 0; 1 if it cannot serve; 2 if the arguments are not understood
   * @throws InterruptedException if the thread is interrupted first
   */
  public static int run(String... arguments) throws InterruptedException {
    if (List.of(arguments).contains("--help")) {
      System.out.print(Options.HELP);
      return 0;
    }
    Options options;
    try {
      options = Options.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("carillon example inference: " + e.getMessage() + "; see --help");
      return USAGE;
    }
    try {
      new Show(options, System.out).run();
      return 0;
    } catch (IOException | CarillonException e) {
      System.err.println("carillon example inference: " + e.getMessage());
      return FAILED;
    }
  }
}
