package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds for any gate, also one of a user's. */
class GateTest {

  /** A pass that writes down what it is told. */
  private static final class Minutes implements Admission.Pass {
    final List<String> told = new ArrayList<>();

    @Override
    public void success() {
      told.add("success");
    }

    @Override
    public void failure(Throwable cause) {
      told.add("failure " + cause.getMessage());
    }

    @Override
    public void cancelled() {
      told.add("cancelled");
    }
  }

  private final Minutes pass = new Minutes();
  private final Gate gate = () -> pass;

  @Test
  void call_returns_reportsSuccess() throws Exception {
    assertThat(gate.<String>call(() -> "answer")).isEqualTo("answer");
    assertThat(pass.told).containsExactly("success");
  }

  @Test
  void call_throws_reportsFailureAndThrowsOn() {
    assertThatThrownBy(() ->
            gate.call(() -> {
              throw new IOException("broken");
            }))
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
    assertThatThrownBy(() ->
            gate.call(() -> {
              throw new StackOverflowError("deep");
            }))
        .isInstanceOf(StackOverflowError.class);
    assertThat(pass.told).containsExactly("failure broken", "failure deep");
  }

  @Test
  void call_interruptedOrRefusedInside_reportsCancelled() {
    Gate closed = () -> new Admission.Refused("closed", Duration.ZERO);
    assertThatThrownBy(() -> gate.call(() -> closed.call(() -> "never")))
        .isInstanceOf(GateClosedException.class);
    assertThatThrownBy(() ->
            gate.call(() -> {
              throw new InterruptedException();
            }))
        .isInstanceOf(InterruptedException.class);
    assertThat(pass.told).containsExactly("cancelled", "cancelled");
  }

  @Test
  void call_passThrows_keepsTheFailure() {
    var told = new IllegalStateException("pass");
    Gate faulty =
        () ->
            new Admission.Pass() {
              @Override
              public void success() {}

              @Override
              public void failure(Throwable cause) {
                throw told;
              }

              @Override
              public void cancelled() {}
            };
    assertThatThrownBy(() ->
            faulty.call(() -> {
              throw new IOException("broken");
            }))
        .hasMessage("broken")
        .hasSuppressedException(told);
  }

  @Test
  void call_refused_namesReasonAndTime() {
    Gate closed = () -> new Admission.Refused("limiter \"x\" is empty", Duration.ofMillis(5));
    assertThatExceptionOfType(GateClosedException.class)
        .isThrownBy(() -> closed.call(() -> "never"))
        .withMessage("limiter \"x\" is empty; retry after PT0.005S")
        .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(5)));
  }

  @Test
  void refused_negativeTime_throws() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Admission.Refused("x", Duration.ofNanos(-1)))
        .withMessage("retryAfter must not be negative: retryAfter=PT-0.000000001S");
  }

  @Test
  @Covers({"C34", "C35"})
  void nested_inTheRecommendedOrder_eachDoesItsPart() throws Exception {
    var clock = new ManualClock();
    var breaker = CircuitBreaker.of("b", c -> c.withClock(clock).withConsecutiveFailures(2));
    var bulkhead = Bulkhead.of("k", 1);
    var limiter = RateLimiter.of("l", c -> c.withRate(3, Duration.ofSeconds(1)).withClock(clock));
    var retry = Retry.of(r -> r.withMaxAttempts(3).withBackoff(Backoff.fixed(Duration.ZERO)));
    var calls = new int[1];
    String answer =
        retry.call(() ->
            breaker.call(() ->
                bulkhead.call(() ->
                    limiter.call(() -> {
                      if (++calls[0] < 2) {
                        throw new IOException("once");
                      }
                      assertThat(bulkhead.inUse()).isOne();
                      return "answer";
                    }))));
    assertThat(answer).isEqualTo("answer");
    assertThat(calls[0]).isEqualTo(2);
    assertThat(bulkhead.inUse()).isZero();
    assertThat(limiter.available()).isOne();
    assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    limiter.ask();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> breaker.call(() -> limiter.call(() -> "never")))
          .isInstanceOf(GateClosedException.class);
    }
    assertThat(breaker.state())
        .as("a refusal inside says nothing about the service")
        .isEqualTo(CircuitBreaker.State.CLOSED);
  }
}
