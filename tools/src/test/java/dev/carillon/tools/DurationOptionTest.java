package dev.carillon.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DurationOptionTest {

  @Test
  void parse_numberAndUnit_isTheTime() {
    assertThat(DurationOption.parse("--x", "0")).isZero();
    assertThat(DurationOption.parse("--x", "250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(DurationOption.parse("--x", "3s")).isEqualTo(Duration.ofSeconds(3));
    assertThat(DurationOption.parse("--x", "10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(DurationOption.parse("--x", "2h")).isEqualTo(Duration.ofHours(2));
    assertThat(DurationOption.parse("--x", "7d")).isEqualTo(Duration.ofDays(7));
  }

  @Test
  void parse_bad_isRefusedWithTheRuleAndTheValue() {
    for (String bad : List.of("", "5", "s", "-1s", "1.5s", "5 s", "5w", "1234567890s", "PT5S")) {
      assertThatThrownBy(() -> DurationOption.parse("--x", bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContainingAll("--x must be a number", "TIME=" + bad);
    }
  }
}
