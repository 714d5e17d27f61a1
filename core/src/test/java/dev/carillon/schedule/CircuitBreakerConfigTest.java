package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.carillon.build.Covers;
import dev.carillon.schedule.CircuitBreakerConfig.Window;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Settings are checked when they are made. */
@Covers("C34")
class CircuitBreakerConfigTest {
  private static final CircuitBreakerConfig DEFAULT = CircuitBreakerConfig.DEFAULT;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static void refused(Runnable change, String message) {
    assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
  }

  @Test
  void create_badNumbers_throwsWithRuleAndValue() {
    refused(() -> DEFAULT.withName(" "), "name must not be blank: name=\" \"");
    refused(
        () -> DEFAULT.withConsecutiveFailures(-1),
        "consecutiveFailures must be 0 to 2147483647: consecutiveFailures=-1");
    refused(() -> DEFAULT.withFailureRate(-0.1), "failureRate must be 0 to 1: failureRate=-0.1");
    refused(() -> DEFAULT.withFailureRate(1.1), "failureRate must be 0 to 1: failureRate=1.1");
    refused(
        () -> DEFAULT.withFailureRate(Double.NaN), "failureRate must be 0 to 1: failureRate=NaN");
    refused(() -> DEFAULT.withSlowCalls(SECOND, 2), "slowRate must be 0 to 1: slowRate=2.0");
    refused(
        () -> DEFAULT.withSlowCalls(Duration.ZERO, 1),
        "slowAfter must be positive: slowAfter=PT0S");
    refused(
        () -> DEFAULT.withSlowCalls(SECOND, 0),
        "slowAfter and slowRate must be set together: slowAfter=PT1S slowRate=0.0");
    refused(
        () -> DEFAULT.withFailureRate(0),
        "a breaker must have a rule: consecutiveFailures=0 failureRate=0.0 slowRate=0.0");
    refused(() -> DEFAULT.withTrials(0, SECOND), "trials must be 1 to 10000: trials=0");
    refused(() -> DEFAULT.withTrials(10_001, SECOND), "trials must be 1 to 10000: trials=10001");
    refused(
        () -> DEFAULT.withTrials(1, Duration.ZERO),
        "trialTimeout must be positive: trialTimeout=PT0S");
    refused(
        () -> DEFAULT.withOpenFor(Backoff.fixed(Duration.ZERO)),
        "openFor must be longer than zero: cap=PT0S");
  }

  @Test
  void create_badWindow_throwsWithRuleAndValue() {
    refused(() -> DEFAULT.withCallWindow(0, 1), "calls must be 1 to 1048576: calls=0");
    refused(
        () -> DEFAULT.withCallWindow(1_048_577, 1), "calls must be 1 to 1048576: calls=1048577");
    refused(() -> DEFAULT.withCallWindow(10, 11), "minimumCalls must be 1 to 10: minimumCalls=11");
    refused(() -> DEFAULT.withTimeWindow(Duration.ZERO, 1, 1), "part must be positive: part=PT0S");
    refused(() -> DEFAULT.withTimeWindow(SECOND, 0, 1), "parts must be 1 to 4096: parts=0");
    refused(() -> DEFAULT.withTimeWindow(SECOND, 4_097, 1), "parts must be 1 to 4096: parts=4097");
    refused(
        () -> DEFAULT.withTimeWindow(SECOND, 1, 0),
        "minimumCalls must be 1 to 2147483647: minimumCalls=0");
  }

  @Test
  void create_withoutWhatItNeeds_throws() {
    assertThatNullPointerException().isThrownBy(() -> DEFAULT.withClock(null)).withMessage("clock");
    assertThatNullPointerException()
        .isThrownBy(() -> DEFAULT.withRecordFailure(null))
        .withMessage("recordFailure");
    assertThatNullPointerException().isThrownBy(() -> DEFAULT.withListener(null));
  }

  @Test
  void with_eachSetting_changesOnlyThat() {
    Predicate<Throwable> which = e -> false;
    Consumer<CircuitBreaker.StateChange> listener = change -> {};
    var clock = new ManualClock();
    Backoff openFor = Backoff.fixed(SECOND);
    assertThat(
            DEFAULT
                .withName("api")
                .withConsecutiveFailures(3)
                .withFailureRate(0.25)
                .withSlowCalls(SECOND, 0.75)
                .withTimeWindow(SECOND, 10, 7)
                .withRecordFailure(which)
                .withOpenFor(openFor)
                .withTrials(2, Duration.ofSeconds(9))
                .withListener(listener)
                .withClock(clock))
        .isEqualTo(
            new CircuitBreakerConfig(
                "api",
                3,
                0.25,
                SECOND,
                0.75,
                new Window.Time(SECOND, 10),
                7,
                which,
                openFor,
                2,
                Duration.ofSeconds(9),
                List.of(listener),
                clock));
    assertThat(DEFAULT.withCallWindow(9, 4).window()).isEqualTo(new Window.Calls(9));
  }
}
