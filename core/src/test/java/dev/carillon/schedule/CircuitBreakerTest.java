package dev.carillon.schedule;

import static dev.carillon.schedule.CircuitBreaker.State.CLOSED;
import static dev.carillon.schedule.CircuitBreaker.State.DISABLED;
import static dev.carillon.schedule.CircuitBreaker.State.HALF_OPEN;
import static dev.carillon.schedule.CircuitBreaker.State.HELD_OPEN;
import static dev.carillon.schedule.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.schedule.CircuitBreaker.Stats;
import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A breaker opens, tries and closes by its rules. */
@Covers("C34")
class CircuitBreakerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final IOException FAILURE = new IOException("down");

  private final ManualClock clock = new ManualClock();

  /** {@return a breaker that opens for 10 s after three failures in a row, and has two trials} */
  private CircuitBreaker breaker(UnaryOperator<CircuitBreakerConfig> configure) {
    return CircuitBreaker.of(
        "api",
        c ->
            configure.apply(
                c.withClock(clock)
                    .withConsecutiveFailures(3)
                    .withFailureRate(0)
                    .withOpenFor(Backoff.fixed(SECOND.multipliedBy(10)))
                    .withTrials(2, SECOND)));
  }

  private CircuitBreaker breaker() {
    return breaker(c -> c);
  }

  private static Admission.Pass admitted(CircuitBreaker breaker) {
    return (Admission.Pass) breaker.ask();
  }

  private static void succeed(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      admitted(breaker).success();
    }
  }

  private static void fail(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      admitted(breaker).failure(FAILURE);
    }
  }

  private static Admission.Refused refused(CircuitBreaker breaker) {
    return (Admission.Refused) breaker.ask();
  }

  /** Opens a breaker and waits until it may be tried. */
  private void openAndWait(CircuitBreaker breaker) {
    fail(breaker, 3);
    assertThat(breaker.state()).isEqualTo(OPEN);
    clock.advance(SECOND.multipliedBy(10));
  }

  @Test
  void failure_asManyInARow_opens() {
    CircuitBreaker breaker = breaker();
    fail(breaker, 2);
    succeed(breaker, 1);
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(CLOSED);
    assertThat(breaker.stats().consecutiveFailures()).isEqualTo(2);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void ask_open_refusesWithRuleValuesAndTime() {
    CircuitBreaker breaker = breaker();
    fail(breaker, 3);
    clock.advance(SECOND);
    assertThat(refused(breaker))
        .isEqualTo(
            new Admission.Refused(
                "circuit breaker \"api\" is open: 3 calls in a row failed, and 2 are allowed to",
                SECOND.multipliedBy(9)));
    assertThat(breaker.retryAfter()).isEqualTo(SECOND.multipliedBy(9));
    assertThatExceptionOfType(GateClosedException.class)
        .isThrownBy(() -> breaker.call(() -> "never"))
        .withMessageEndingWith("allowed to; retry after PT9S");
    assertThat(breaker.stats().refused()).isEqualTo(2);
    assertThat(breaker).hasToString("CircuitBreaker[api, OPEN]");
  }

  @Test
  void failure_rateOfTheLastCalls_opensAtTheRateOfEnoughCalls() {
    CircuitBreaker breaker =
        breaker(c -> c.withFailureRate(0.3).withConsecutiveFailures(0).withCallWindow(10, 5));
    fail(breaker, 4);
    assertThat(breaker.state()).as("too few calls").isEqualTo(CLOSED);
    breaker.close();
    fail(breaker, 1);
    succeed(breaker, 9);
    fail(breaker, 2);
    assertThat(breaker.stats())
        .as("the first failure is out of the window")
        .isEqualTo(new Stats(CLOSED, 1, 10, 2, 0, 2, 0, 0, 0, 0));
    fail(breaker, 1);
    assertThat(refused(breaker).reason())
        .isEqualTo(
            "circuit breaker \"api\" is open: "
                + "3 of 10 calls failed, and the rate must stay below 0.3");
  }

  @Test
  void failure_rateOfSomeTime_forgetsWhatIsOlder() {
    CircuitBreaker breaker =
        breaker(
            c -> c.withFailureRate(0.5).withConsecutiveFailures(0).withTimeWindow(SECOND, 3, 4));
    fail(breaker, 3);
    clock.advance(SECOND.multipliedBy(2));
    succeed(breaker, 1);
    assertThat(breaker.state()).as("3 of 4 failed").isEqualTo(OPEN);
    breaker.close();
    fail(breaker, 3);
    clock.advance(SECOND.multipliedBy(3));
    assertThat(breaker.stats().calls()).isZero();
    succeed(breaker, 2);
    fail(breaker, 1);
    clock.advance(SECOND);
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(CLOSED);
    fail(breaker, 1);
    assertThat(breaker.stats()).isEqualTo(new Stats(CLOSED, 2, 5, 2, 0, 1, 0, 0, 0, 0));
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void success_slow_opensAtTheRate() throws Exception {
    CircuitBreaker breaker = breaker(c -> c.withSlowCalls(SECOND, 0.5).withCallWindow(4, 2));
    breaker.call(() -> "quick");
    assertThat(
            breaker.<String>call(() -> {
              clock.advance(SECOND);
              return "slow";
            }))
        .isEqualTo("slow");
    assertThat(refused(breaker).reason())
        .endsWith("1 of 2 calls took PT1S or longer, and the rate must stay below 0.5");
    clock.advance(SECOND.multipliedBy(10));
    Admission.Pass trial = admitted(breaker);
    clock.advance(SECOND.minusNanos(1));
    trial.success();
    assertThat(breaker.stats().slowCalls()).isZero();
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
  }

  @Test
  void failure_notRecorded_isASuccess() {
    CircuitBreaker breaker = breaker(c -> c.withRecordFailure(e -> e instanceof IOException));
    fail(breaker, 2);
    admitted(breaker).failure(new IllegalArgumentException("the caller's fault"));
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void failure_predicateThrows_counts() {
    CircuitBreaker breaker =
        breaker(c ->
            c.withRecordFailure(e -> {
              throw new IllegalStateException("predicate");
            }));
    try (var log = new CapturedLog("dev.carillon.schedule")) {
      fail(breaker, 3);
      assertThat(log.messages()).hasSize(3).contains("recordFailure of a circuit breaker failed");
    }
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void ask_afterItsTime_admitsTrialsThatClose() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    assertThat(breaker.state()).as("nobody asked yet").isEqualTo(OPEN);
    Admission.Pass one = admitted(breaker);
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    Admission.Pass other = admitted(breaker);
    assertThat(refused(breaker))
        .isEqualTo(
            new Admission.Refused(
                "circuit breaker \"api\" is half open and admits 2 trials at once", Duration.ZERO));
    one.success();
    assertThat(refused(breaker).reason()).as("two trials, not two at a time").contains("half open");
    assertThat(breaker.stats()).isEqualTo(new Stats(HALF_OPEN, 2, 1, 0, 0, 0, 1, 2, 0, 0));
    other.success();
    assertThat(breaker.state()).isEqualTo(CLOSED);
    assertThat(breaker.stats().consecutiveFailures()).isZero();
  }

  @Test
  void failure_ofATrial_opensAtOnceWhereNoRateIsSet() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    Admission.Pass other = admitted(breaker);
    fail(breaker, 1);
    assertThat(refused(breaker).reason()).endsWith("is open: 1 of 2 trials failed");
    other.success();
    assertThat(breaker.state()).as("that trial is over").isEqualTo(OPEN);
    assertThat(breaker.stats().lateReports()).isOne();
  }

  @Test
  void failure_ofTrials_opensOnceTheRateIsReached() {
    CircuitBreaker breaker = breaker(c -> c.withFailureRate(0.5).withTrials(4, SECOND));
    openAndWait(breaker);
    fail(breaker, 1);
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(OPEN);
    clock.advance(SECOND.multipliedBy(10));
    fail(breaker, 1);
    succeed(breaker, 3);
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void ask_trialDidNotReportInTime_opensAgainAndFencesTheReport() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    Admission.Pass stuck = admitted(breaker);
    clock.advance(SECOND.minusNanos(1));
    Admission.Pass quick = admitted(breaker);
    quick.success();
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    clock.advance(Duration.ofNanos(1));
    assertThat(refused(breaker))
        .isEqualTo(
            new Admission.Refused(
                "circuit breaker \"api\" is open: a trial did not report within PT1S",
                SECOND.multipliedBy(10)));
    clock.advance(SECOND.multipliedBy(10));
    Admission.Pass next = admitted(breaker);
    stuck.failure(FAILURE);
    assertThat(breaker.state()).as("the report of an older epoch").isEqualTo(HALF_OPEN);
    assertThat(breaker.stats().lateReports()).isOne();
    next.success();
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void report_ofATrialTooLate_opensAgainThoughNobodyAsked() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    Admission.Pass stuck = admitted(breaker);
    clock.advance(SECOND);
    stuck.success();
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void ask_halfOpenWithoutCalls_staysThatWay() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    succeed(breaker, 1);
    clock.advance(Duration.ofDays(1));
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void cancelled_trial_makesRoomForAnother() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    for (int i = 0; i < 10; i++) {
      admitted(breaker).cancelled();
    }
    assertThat(breaker.stats()).isEqualTo(new Stats(HALF_OPEN, 2, 0, 0, 0, 0, 0, 0, 0, 0));
    succeed(breaker, 2);
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void cancelled_closed_countsNothing() {
    CircuitBreaker breaker = breaker();
    fail(breaker, 2);
    admitted(breaker).cancelled();
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(OPEN);
  }

  @Test
  void report_ofATrialTwice_throwsAndChangesNothing() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    Admission.Pass trial = admitted(breaker);
    trial.success();
    assertThatIllegalStateException()
        .isThrownBy(trial::success)
        .withMessage("a pass must be reported once: circuit breaker=\"api\"");
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
  }

  @Test
  void failure_admittedBeforeItOpened_countsInNoLaterEpoch() {
    CircuitBreaker breaker = breaker();
    Admission.Pass old = admitted(breaker);
    openAndWait(breaker);
    Admission.Pass trial = admitted(breaker);
    old.failure(FAILURE);
    assertThat(breaker.state()).isEqualTo(HALF_OPEN);
    trial.success();
    succeed(breaker, 1);
    for (int i = 0; i < 3; i++) {
      old.failure(FAILURE);
    }
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void open_againAndAgain_staysOpenForLonger() {
    CircuitBreaker breaker =
        breaker(c -> c.withOpenFor(Backoff.exponential(SECOND, SECOND.multipliedBy(3))));
    fail(breaker, 3);
    for (int seconds : new int[] {1, 2, 3, 3}) {
      assertThat(breaker.retryAfter()).isEqualTo(SECOND.multipliedBy(seconds));
      clock.advance(breaker.retryAfter());
      fail(breaker, 1);
    }
    clock.advance(breaker.retryAfter());
    succeed(breaker, 2);
    fail(breaker, 3);
    assertThat(breaker.retryAfter()).as("it was closed between").isEqualTo(SECOND);
  }

  @Test
  void openCloseDisable_byHand_holdUntilChanged() {
    CircuitBreaker breaker = breaker();
    breaker.open();
    breaker.open();
    clock.advance(Duration.ofDays(1));
    assertThat(breaker.state()).isEqualTo(HELD_OPEN);
    assertThat(refused(breaker))
        .isEqualTo(
            new Admission.Refused(
                "circuit breaker \"api\" is held open: opened by hand", Duration.ZERO));
    assertThat(breaker.retryAfter()).isZero();
    breaker.disable();
    fail(breaker, 10);
    assertThat(breaker.stats()).isEqualTo(new Stats(DISABLED, 2, 0, 0, 0, 0, 0, 1, 0, 0));
    breaker.close();
    fail(breaker, 2);
    breaker.close();
    fail(breaker, 2);
    assertThat(breaker.state()).as("everything was forgotten").isEqualTo(CLOSED);
    assertThat(breaker.stats().epoch()).isEqualTo(4);
  }

  @Test
  void open_duringTrials_fencesThem() {
    CircuitBreaker breaker = breaker();
    openAndWait(breaker);
    Admission.Pass trial = admitted(breaker);
    breaker.open();
    trial.failure(FAILURE);
    assertThat(breaker.state()).isEqualTo(HELD_OPEN);
  }

  @Test
  void call_countsLikeAskAndReport() {
    CircuitBreaker breaker = breaker();
    for (int i = 0; i < 3; i++) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              breaker.call(() -> {
                throw FAILURE;
              }));
    }
    assertThat(breaker.state()).isEqualTo(OPEN);
    assertThat(breaker.stats().epoch()).isOne();
    assertThat(breaker.config().name()).isEqualTo("api");
    assertThat(clock.now()).isEqualTo(Instant.EPOCH);
  }
}
