package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.schedule.Backoff.Growth;
import dev.carillon.schedule.Backoff.Jitter;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Delays grow as they say, and chance stays within its bounds. */
@Covers("C35")
class BackoffTest {
  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

  private static List<Long> millis(Backoff backoff) {
    return IntStream.rangeClosed(1, 5).mapToObj(i -> backoff.delay(i).toMillis()).toList();
  }

  @Test
  void delay_ofEachGrowth_isTheFormula() {
    Duration first = Duration.ofMillis(100);
    Duration cap = Duration.ofMillis(450);
    assertThat(millis(Backoff.fixed(first))).containsExactly(100L, 100L, 100L, 100L, 100L);
    assertThat(millis(Backoff.linear(first, cap))).containsExactly(100L, 200L, 300L, 400L, 450L);
    assertThat(millis(Backoff.exponential(first, cap)))
        .containsExactly(100L, 200L, 400L, 450L, 450L);
    assertThat(millis(Backoff.exponential(first, 1.5, Duration.ofSeconds(1))))
        .containsExactly(100L, 150L, 225L, 337L, 506L);
  }

  @Test
  void delay_afterVeryManyFailures_isTheCap() {
    Duration first = Duration.ofSeconds(1);
    for (Backoff backoff :
        List.of(Backoff.linear(first, LONGEST), Backoff.exponential(first, 1_000, LONGEST))) {
      assertThat(backoff.delay(Integer.MAX_VALUE).isNegative()).isFalse();
    }
    assertThat(Backoff.exponential(first, LONGEST).delay(Integer.MAX_VALUE))
        .isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(Backoff.exponential(Duration.ZERO, first).delay(Integer.MAX_VALUE))
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void delay_fullJitter_isSpreadFromZeroToTheDelay() {
    Backoff backoff =
        Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10))
            .withJitter(Jitter.FULL)
            .withRandom(new Random(1));
    var quarters = new int[5];
    for (int i = 0; i < 10_000; i++) {
      quarters[(int) (backoff.delay(3).toMillis() / 100)]++;
    }
    for (int i = 0; i < 4; i++) {
      assertThat(quarters[i]).as("quarter " + i).isBetween(2_300, 2_700);
    }
    assertThat(quarters[4]).as("the delay itself").isLessThan(10);
    assertThat(Backoff.fixed(LONGEST).withJitter(Jitter.FULL).delay(1).isNegative()).isFalse();
  }

  @Test
  void delay_decorrelated_isFromTheFirstToThreeTimesTheOneBefore() {
    Backoff backoff =
        Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(2))
            .withJitter(Jitter.DECORRELATED)
            .withRandom(new Random(2));
    long bound = 100;
    for (int failures = 1; failures < 20; failures++) {
      bound = Math.min(2_000, 3 * bound);
      for (int i = 0; i < 500; i++) {
        assertThat(backoff.delay(failures).toMillis()).isBetween(100L, bound);
      }
    }
    assertThat(backoff.delay(Integer.MAX_VALUE).toMillis()).isBetween(100L, 2_000L);
  }

  @Test
  void delay_sameSeed_isTheSame() {
    for (Jitter jitter : Jitter.values()) {
      Backoff one =
          Backoff.linear(Duration.ofMillis(7), LONGEST)
              .withJitter(jitter)
              .withRandom(new Random(3));
      Backoff other = one.withRandom(new Random(3));
      for (int i = 1; i < 50; i++) {
        assertThat(one.delay(i)).isEqualTo(other.delay(i));
      }
    }
  }

  @Test
  void create_badSettings_throwsWithRuleAndValue() {
    var second = Duration.ofSeconds(1);
    refused(() -> Backoff.fixed(second.negated()), "first must not be negative: first=PT-1S");
    refused(
        () -> Backoff.linear(second, Duration.ZERO),
        "cap must not be shorter than first: cap=PT0S first=PT1S");
    refused(() -> Backoff.exponential(second, 0.5, second), "factor must be 1 to 1000: factor=0.5");
    refused(
        () -> Backoff.exponential(second, Double.NaN, second),
        "factor must be 1 to 1000: factor=NaN");
    refused(
        () -> new Backoff(Growth.LINEAR, second, 2, second, Jitter.NONE, new Random(0)),
        "factor must be 1 unless growth is EXPONENTIAL: factor=2.0 growth=LINEAR");
    refused(() -> Backoff.fixed(second).delay(0), "failures must be positive: failures=0");
  }

  private static void refused(Runnable change, String message) {
    assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
  }
}
