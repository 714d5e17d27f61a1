package dev.carillon.bench;

import java.io.PrintStream;
import java.util.Collection;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** A line per measurement that begins; what else JMH says is shown only if it fails. */
final class Progress implements OutputFormat {
  private static final int KEPT = 20_000;

  private final PrintStream out;
  private final StringBuilder said = new StringBuilder(); // by JMH since the measurement began
  private String group = "";
  private int done;
  private int total;

  Progress(PrintStream out) {
    this.out = out;
  }

  /** Begins a group of that many measurements. */
  void group(String id, int measurements) {
    group = id;
    done = 0;
    total = measurements;
  }

  /** Begins a measurement. */
  void begin(String what) {
    said.setLength(0);
    out.printf("%s %d/%d %s%n", group, ++done, total, what);
  }

  /** {@return what JMH said since the measurement began} */
  String said() {
    return said.toString();
  }

  private void keep(String text) {
    if (said.length() < KEPT) {
      said.append(text);
    }
  }

  @Override
  public void startBenchmark(BenchmarkParams benchmark) {
    String size = benchmark.getParam("size");
    begin(
        benchmark.getBenchmark().replaceFirst("^.*\\.(.*\\..*)$", "$1")
            + (size == null ? "" : " " + size));
  }

  @Override
  public void print(String text) {
    keep(text);
  }

  @Override
  public void println(String text) {
    keep(text + "\n");
  }

  @Override
  public void verbosePrintln(String text) {
    keep(text + "\n");
  }

  @Override
  public void write(int b) {
    keep(String.valueOf((char) b));
  }

  @Override
  public void write(byte[] bytes) {
    keep(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

  @Override
  public void iterationResult(
      BenchmarkParams benchmark, IterationParams params, int iteration, IterationResult data) {}

  @Override
  public void endBenchmark(BenchmarkResult result) {}

  @Override
  public void startRun() {}

  @Override
  public void endRun(Collection<RunResult> results) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
