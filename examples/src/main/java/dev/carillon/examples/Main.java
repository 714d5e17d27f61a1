package dev.carillon.examples;

import java.util.Arrays;
import java.util.List;

/** Runs an example by its name: {@code ./carillon example NAME}. */
public final class Main {
  private static final List<Example> EXAMPLES =
      List.of(
          new Example(
              "census",
              "measures every class of the JDK after its supertypes",
              arguments -> {
                Census.main(arguments);
                return 0;
              }),
          new Example(
              "inference",
              "serves a small model over HTTP in batches, HIGH before LOW, under a load",
              dev.carillon.examples.inference.Main::run),
          new Example(
              "functions",
              "sends functions to a child JVM, which calls them: a report and a lambda",
              dev.carillon.examples.functions.Main::run),
          new Example(
              "training",
              "a cycle that trains a small network: batches loaded ahead, checkpoints",
              dev.carillon.examples.training.Main::run),
          new Example(
              "etl",
              "a cycle that loads orders and rates over HTTP: retries, fallback, undoing",
              dev.carillon.examples.etl.Main::run),
          new Example(
              "polling",
              "a cycle that polls sources at a bounded rate, each at its own pace",
              dev.carillon.examples.polling.Main::run),
          new Example(
              "device-pipeline",
              "multiplies matrices on every device, between two stages on the CPU",
              dev.carillon.examples.pipeline.Main::run));

  private static final int USAGE = 2;

  private Main() {}

  /** Runs the arguments, and returns the exit code. */
  @FunctionalInterface
  private interface Body {
    int run(String... arguments) throws Exception;
  }

  private record Example(String name, String summary, Body body) {}

  /**
   * Runs an example, and ends the JVM with its exit code.
   *
   * @param arguments its name and its options
   * @throws Exception what the example throws
   */
  public static void main(String[] arguments) throws Exception {
    System.exit(run(arguments));
  }

  /**
   * {@return the exit code: that of the example; 2 if there is none of that name}
   *
   * @param arguments its name and its options; nothing tells which there are
   * @throws Exception what the example throws
   */
  public static int run(String... arguments) throws Exception {
    if (arguments.length == 0) {
      System.out.println("carillon example NAME [option ...], where NAME is one of");
      EXAMPLES.forEach(e -> System.out.printf("  %-15s %s%n", e.name, e.summary));
      return 0;
    }
    for (Example example : EXAMPLES) {
      if (example.name.equals(arguments[0])) {
        return example.body.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      }
    }
    System.err.printf(
        "carillon example: there is none of that name: name=%s; there are: %s%n",
        arguments[0], String.join(", ", EXAMPLES.stream().map(Example::name).toList()));
    return USAGE;
  }
}
