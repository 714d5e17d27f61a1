package dev.carillon.examples;

import java.io.PrintStream;
import java.util.List;

/** Runs an example whose only option is the seed of what it generates. */
public final class SeededExample {
  private static final int USAGE = 2;

  private SeededExample() {}

  /** What an example does. */
  @FunctionalInterface
  public interface Body {

    /**
     * Does it.
     *
     * @param out where it prints
     * @param seed of what it generates
     * @throws Exception if it fails
     */
    void run(PrintStream out, long seed) throws Exception;
  }

  /**
   * Runs an example with the seed that the arguments name, or 1.
   *
   * @param name of the example
   * @param does what it does, for people
   * @param body what it does
   * @param arguments {@code --seed N}, {@code --help}, or nothing
   * @return the exit code: 0; 2 if the arguments are not understood
   * @throws Exception if the example fails
   */
  public static int run(String name, String does, Body body, String... arguments) throws Exception {
    List<String> given = List.of(arguments);
    if (given.contains("--help")) {
      System.out.printf("carillon example %s [--seed N]%n%s", name, does.indent(2));
      return 0;
    }
    if (!given.isEmpty() && (given.size() != 2 || !given.getFirst().equals("--seed"))) {
      return refuse(name, "the arguments are not understood: " + given);
    }
    long seed;
    try {
      seed = given.isEmpty() ? 1 : Long.parseLong(given.get(1));
    } catch (NumberFormatException _) {
      return refuse(name, "--seed must be a number: " + given.get(1));
    }
    body.run(System.out, seed);
    return 0;
  }

  private static int refuse(String name, String why) {
    System.err.printf("carillon example %s: %s; see --help%n", name, why);
    return USAGE;
  }
}
