package dev.carillon.examples.functions;

import dev.carillon.event.CarillonException;
import dev.carillon.examples.functions.Reports.Report;
import dev.carillon.examples.functions.Reports.Sale;
import dev.carillon.function.Bindable;
import dev.carillon.function.Bound;
import dev.carillon.function.FunctionCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Sends functions to a child process, and prints what that takes. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int MOST_SALES = 10_000;
  private static final String HELP =
      """
      carillon example functions [--sales N]
        sends a report by its name, and a lambda, with N sales (1000) to a child JVM, which calls
        them; N is 1 to 10000
      """;

  private final PrintStream out;
  private final FunctionCodec functions = Reports.open();
  private final List<Sale> sales;

  private Main(PrintStream out, int count) {
    this.out = out;
    this.sales = Reports.sales(count);
  }

  /**
   * Runs it.
   *
   * @param arguments see {@code --help}
   * @return the exit code: 0; 1 if the child fails; 2 if the arguments are not understood
   */
  public static int run(String... arguments) {
    if (List.of(arguments).contains("--help")) {
      System.out.print(HELP);
      return 0;
    }
    int count;
    try {
      count = count(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println("carillon example functions: " + e.getMessage() + "; see --help");
      return USAGE;
    }
    try {
      new Main(System.out, count).run();
      return 0;
    } catch (IOException | CarillonException e) {
      System.err.println("carillon example functions: " + e.getMessage());
      return FAILED;
    }
  }

  private static int count(List<String> arguments) {
    if (arguments.isEmpty()) {
      return 1_000;
    }
    if (arguments.size() != 2 || !arguments.getFirst().equals("--sales")) {
      throw new IllegalArgumentException("the arguments are not understood: " + arguments);
    }
    int count;
    try {
      count = Integer.parseInt(arguments.get(1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--sales must be a number: " + arguments.get(1), e);
    }
    if (count < 1 || count > MOST_SALES) {
      throw new IllegalArgumentException("--sales must be 1 to " + MOST_SALES + ": " + count);
    }
    return count;
  }

  private void run() throws IOException {
    Bound<Report> report =
        functions.sendable(Bound.of(Reports::make).named("report")).bind("title", "spring");
    Bound<Integer> pieces = Reports.pieces("oak table", sales);
    long start = System.nanoTime();
    try (Child child = Child.start()) {
      out.printf("child JVM %d, %d sales%n%n", child.pid(), sales.size());
      out.printf("%-24s %9s %9s %9s  %s%n", "", "sent", "encoding", "call", "result");
      Report first =
          send(child, "report, and the start", report.bind("sales", sales), Report.class, start);
      for (int i = 0; i < 3; i++) {
        send(child, "report, by its name", report.bind("sales", sales), Report.class, 0);
      }
      for (int i = 0; i < 3; i++) {
        send(child, "pieces, a lambda", pieces, Integer.class, 0);
      }
      out.printf("%n%s%n", first);
    }
    try {
      report.bind("sales", List.of(Thread.currentThread()));
    } catch (CarillonException e) {
      out.printf("%nbinding a thread: %s%n", e.getMessage());
    }
  }

  /** {@return the result} The times are those of this process; a call is there and back. */
  private <T> T send(Child child, String what, Bindable<?> function, Class<T> type, long start)
      throws IOException {
    long before = System.nanoTime();
    byte[] bytes = functions.encode(function);
    long encoded = System.nanoTime();
    byte[] result = child.call(bytes);
    T value = Reports.CODEC.decode(result, type);
    long after = System.nanoTime();
    out.printf(
        "%-24s %7d B %6.2f ms %6.2f ms  %d B%n",
        what,
        bytes.length,
        (encoded - before) / 1e6,
        (after - (start == 0 ? encoded : start)) / 1e6,
        result.length);
    return value;
  }
}
