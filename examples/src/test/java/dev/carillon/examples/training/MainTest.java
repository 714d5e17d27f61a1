package dev.carillon.examples.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.examples.Outcome;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  private static final int BATCH = 2_048;

  @Test
  @Covers({"S24", "S25", "S30", "S40", "S42"})
  void training_stopsWhenItIsGoodEnough_withTheFiguresOfAPlainLoop() throws Exception {
    Outcome outcome = Outcome.of("training", "--seed", "3");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exit()).isZero();
    assertThat(outcome.out())
        .contains(figuresOfAPlainLoop(3, 51))
        .containsPattern("OK after \\d+ iterations")
        .containsPattern("  step +[\\d.]+ ms");
    assertThat(first(outcome, "the last checkpoint has ([\\d.]+)")).isGreaterThan(0.6);
    assertThat(first(outcome, "of (\\d+) steps began with")).isGreaterThan(51);
  }

  /** {@return the line of an iteration, by nothing but a loop} */
  private static String figuresOfAPlainLoop(long seed, int iteration) {
    var moons = new Moons(seed);
    var step = new Network.Step(TrainingCycle.MODEL.initial(), 0);
    for (int i = 1; i <= iteration; i++) {
      step = step.network().step(moons.batch(i, BATCH));
    }
    return "%9d %9.4f %9.4f%n"
        .formatted(iteration, step.loss(), step.network().accuracy(moons.batch(-1, BATCH)));
  }

  private static double first(Outcome outcome, String pattern) {
    var matcher = Pattern.compile(pattern).matcher(outcome.out());
    assertThat(matcher.find()).as(pattern).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @Test
  void training_badOption_endsWith2AndNamesIt() throws Exception {
    assertThat(Outcome.of("training", "--seed", "many").err())
        .contains("--seed must be a number: many");
    assertThat(Outcome.of("training", "--sed").exit()).isEqualTo(2);
    assertThat(Outcome.of("training", "--sed").err()).contains("[--sed]");
    assertThat(Outcome.of("training", "--help").out()).contains("[--seed N]");
  }
}
