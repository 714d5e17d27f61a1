package dev.carillon.examples.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.examples.Outcome;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  @Test
  @Covers({"S13", "S45"})
  void functions_areCalledInTheChild() throws Exception {
    Outcome outcome = Outcome.of("functions", "--sales", "20");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out())
        .containsPattern("child JVM \\d+, 20 sales")
        .containsPattern("report, by its name +\\d+ B +[\\d.]+ ms +[\\d.]+ ms  \\d+ B")
        .containsPattern("pieces, a lambda +\\d+ B")
        .contains(Reports.make("spring", Reports.sales(20)).toString())
        .contains("java.lang.Thread: it is a thread, at sales[0]");
  }

  @Test
  void functions_badOption_endsWith2AndNamesIt() throws Exception {
    assertThat(Outcome.of("functions", "--sales", "many").err())
        .contains("--sales must be a number: many");
    assertThat(Outcome.of("functions", "--sales", "0").exit()).isEqualTo(2);
    assertThat(Outcome.of("functions", "--sale").err()).contains("[--sale]");
    assertThat(Outcome.of("functions", "--help").out()).contains("[--sales N]");
  }
}
