package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Where durations end that have more nanoseconds than a long. */
class NanosTest {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
  private static final Duration BEGINNING = Duration.ofSeconds(Long.MIN_VALUE);

  @Test
  void of_whatFits_isExact() {
    assertThat(Nanos.of(Duration.ZERO)).isZero();
    assertThat(Nanos.of(Duration.ofNanos(-1))).isEqualTo(-1);
    assertThat(Nanos.of(LONGEST.minusNanos(1))).isEqualTo(Long.MAX_VALUE - 1);
    assertThat(Nanos.of(LONGEST.minusNanos(1).negated())).isEqualTo(1 - Long.MAX_VALUE);
  }

  @Test
  void of_whatDoesNotFit_isNeverOrItsNegative() {
    assertThat(Nanos.of(LONGEST)).isEqualTo(Nanos.NEVER);
    assertThat(Nanos.of(LONGEST.plusNanos(1))).isEqualTo(Nanos.NEVER);
    assertThat(Nanos.of(ENDLESS)).isEqualTo(Nanos.NEVER);
    assertThat(Nanos.of(LONGEST.negated())).isEqualTo(-Nanos.NEVER);
    assertThat(Nanos.of(Duration.ofNanos(Long.MIN_VALUE))).isEqualTo(-Nanos.NEVER);
    assertThat(Nanos.of(BEGINNING)).isEqualTo(-Nanos.NEVER);
  }

  @Test
  void ahead_ofAnyClock_isNotBeforeIt() {
    assertThat(Nanos.ahead(BEGINNING)).isZero();
    assertThat(Nanos.ahead(Duration.ofNanos(-1))).isZero();
    assertThat(Nanos.ahead(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(Nanos.ahead(Duration.ofNanos(Nanos.FARTHEST).minusNanos(1)))
        .isEqualTo(Nanos.FARTHEST - 1);
    for (Duration far : new Duration[] {Duration.ofNanos(Nanos.FARTHEST), LONGEST, ENDLESS}) {
      assertThat(Nanos.ahead(far)).isEqualTo(Nanos.FARTHEST);
      for (long clock : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
        assertThat(clock + Nanos.ahead(far) - clock).as("a clock at %d", clock).isPositive();
      }
    }
  }

  @Test
  void sum_beyondTheLongest_isNever() {
    assertThat(Nanos.sum(1, 2)).isEqualTo(3);
    assertThat(Nanos.sum(Long.MAX_VALUE - 1, 1)).isEqualTo(Nanos.NEVER);
    assertThat(Nanos.sum(Long.MAX_VALUE, 1)).isEqualTo(Nanos.NEVER);
    assertThat(Nanos.sum(Nanos.NEVER, Nanos.NEVER)).isEqualTo(Nanos.NEVER);
  }
}
