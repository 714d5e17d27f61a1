package dev.carillon.examples.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.examples.inference.LoadFigures.Result;
import dev.carillon.schedule.Band;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the load is told, and what it tells. */
final class LoadTest {
  @Test
  void time_ofAShare_isTheNearestRank() {
    var figures = new LoadFigures().of(Band.HIGH);
    assertThat(figures.time(0.99)).isZero();
    for (int i = 2000; i >= 1; i--) {
      figures.add(i % 2 == 0 ? Result.RIGHT : Result.WRONG, i);
    }
    figures.add(Result.LATE, 1_000_000);
    assertThat(figures.time(0.5)).isEqualTo(1000);
    assertThat(figures.time(0.9)).isEqualTo(1800);
    assertThat(figures.time(0.99)).isEqualTo(1980);
    assertThat(figures.time(1)).isEqualTo(2000);
    assertThat(figures.time(0)).isEqualTo(1);
    figures.add(Result.RIGHT, 5000);
    assertThat(figures.time(1)).isEqualTo(5000);
    assertThat(figures.sent()).isEqualTo(2002);
  }

  @Test
  void table_ofFigures_hasALineForEachBandAndAllBatches() {
    var figures = new LoadFigures();
    figures.of(Band.HIGH).add(Result.RIGHT, 12_340_000);
    figures.of(Band.HIGH).add(Result.WRONG, 12_340_000);
    figures.of(Band.LOW).add(Result.LATE, 0);
    figures.of(Band.LOW).add(Result.REFUSED, 0);
    figures.of(Band.LOW).add(Result.FAILED, 0);
    figures.of(Band.LOW).add(Result.NOT_SENT, 0);
    figures.noteFailure("gone");
    figures.noteFailure("gone again");
    long[] batches = new long[17];
    batches[1] = 1;
    batches[7] = 2;
    batches[16] = 3;
    assertThat(LoadReport.table(figures, batches).lines().map(line -> line.replaceAll(" +", " ")))
        .containsExactly(
            " sent answered right late refused failed p50 p90 p99 max ms",
            "HIGH 2 2 50.0% 0 0 0 12.3 12.3 12.3 12.3",
            "LOW 3 0 0.0% 1 1 1 0.0 0.0 0.0 0.0",
            "6 batches, 10.5 images on average: 1 of 1, 0 of 2, 0 of 3-4, 2 of 5-8, 3 of 9-16",
            "the first failure: gone",
            "not sent, as too many were under way: 1");
  }

  @Test
  void parse_ofOptions_readsThem() {
    assertThat(Options.parse(List.of())).isEqualTo(new Options(8, 0, 0, false, true));
    assertThat(Options.parse(List.of("--serve", "--no-device")))
        .isEqualTo(new Options(8, 0, 8080, true, false));
    assertThat(Options.parse(List.of("--seconds", "3", "--rate", "50", "--port", "0", "--serve")))
        .isEqualTo(new Options(3, 50, 0, true, true));
  }

  @Test
  void parse_ofWhatItDoesNotKnow_namesTheRuleAndTheValue() {
    refused("unknown option: --fast", "--fast");
    refused("--seconds must be 1 to 3600: --seconds=0", "--seconds", "0");
    refused("--rate must be 1 to 100000: --rate=0", "--rate", "0");
    refused("--port must be 0 to 65535: --port=65536", "--port", "65536");
    refused("--port must be followed by a number: --port=web", "--port", "web");
    refused("--rate must be followed by a number: --rate=nothing", "--rate");
  }

  private static void refused(String message, String... arguments) {
    assertThatThrownBy(() -> Options.parse(List.of(arguments)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
