package dev.carillon.examples.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  private record Outcome(int exit, String out, String err) {}

  private static Outcome run(String... arguments) throws Exception {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var capturedOut = new ByteArrayOutputStream();
    var capturedErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(capturedOut, true, UTF_8));
    System.setErr(new PrintStream(capturedErr, true, UTF_8));
    try {
      int exit = dev.carillon.examples.Main.run(arguments);
      return new Outcome(exit, capturedOut.toString(UTF_8), capturedErr.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  @Test
  @Covers({"S13", "S45"})
  void functions_areCalledInTheChild() throws Exception {
    Outcome outcome = run("functions", "--sales", "20");
    assertThat(outcome.err).isEmpty();
    assertThat(outcome.exit).isZero();
    assertThat(outcome.out)
        .containsPattern("child JVM \\d+, 20 sales")
        .containsPattern("report, by its name +\\d+ B +[\\d.]+ ms +[\\d.]+ ms  \\d+ B")
        .containsPattern("pieces, a lambda +\\d+ B")
        .contains(Reports.make("spring", Reports.sales(20)).toString())
        .contains("java.lang.Thread: it is a thread, at sales[0]");
  }

  @Test
  void functions_badOption_endsWith2AndNamesIt() throws Exception {
    assertThat(run("functions", "--sales", "many").err).contains("--sales must be a number: many");
    assertThat(run("functions", "--sales", "0").exit).isEqualTo(2);
    assertThat(run("functions", "--sale").err).contains("[--sale]");
    assertThat(run("functions", "--help").out).contains("[--sales N]");
  }
}
