package dev.carillon.examples.polling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.examples.Outcome;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  @Test
  @Covers({"S23", "S26"})
  void polling_publishesAllLinesOfEachFeedInOrder() throws Exception {
    Outcome outcome = Outcome.of("polling", "--seed", "2");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exit()).isZero();
    for (String feed : new String[] {"prices", "orders", "stock", "archive"}) {
      assertThat(outcome.out()).containsPattern(feed + " +\\d+ +" + Polling.LINES + "  true");
    }
    assertThat(outcome.out())
        .startsWith("run \"poll-")
        .contains("archive/publish")
        .containsPattern("\nOK, \\d+ failures\n");
  }
}
