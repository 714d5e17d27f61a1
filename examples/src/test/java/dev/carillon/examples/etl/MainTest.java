package dev.carillon.examples.etl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.examples.Outcome;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example as it is run from the command line. */
final class MainTest {
  private static final long SEED = 1; // has a day of each kind

  @Test
  @Covers({"S18", "S32", "S33", "S34", "S36"})
  void etl_daysFailAsTheServerDoes_andOnlyGoodOnesAreInTheWarehouse() throws Exception {
    Outcome outcome = Outcome.of("etl", "--seed", String.valueOf(SEED));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exit()).isZero();
    List<String> loaded = new ArrayList<>();
    List<String> undone = new ArrayList<>();
    try (var shop = new Shop(SEED)) {
      for (LocalDate day : Main.DAYS) {
        boolean orders = shop.failuresOf("/orders/" + day) < Etl.ATTEMPTS;
        boolean rates = shop.failuresOf("/rates/" + day) < Etl.RATES_ATTEMPTS;
        String told = section(outcome.out(), day);
        if (!orders) {
          assertThat(told)
              .startsWith(day + " ERROR")
              .contains("load     was skipped: clean has no");
        } else if (told.contains("check, attempt 1: at most 1 in 15 lines may be damaged")) {
          assertThat(told).startsWith(day + " ERROR").contains("load     succeeded");
          undone.add(day.toString());
        } else {
          assertThat(told)
              .startsWith(day + (rates ? " OK " : " DEGRADED "))
              .containsPattern("damaged lines are left out");
          loaded.add(day.toString());
        }
      }
    }
    assertThat(undone).isNotEmpty();
    assertThat(outcome.out()).contains("7 runs have ended; in the warehouse: " + loaded);
  }

  /** {@return what is told of a day} */
  private static String section(String out, LocalDate day) {
    String rest = out.substring(out.indexOf("\n" + day) + 1);
    int end = rest.indexOf("\n2026-");
    return end < 0 ? rest : rest.substring(0, end);
  }
}
