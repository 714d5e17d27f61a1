package dev.carillon.schedule;

import static dev.carillon.schedule.CircuitBreaker.State.CLOSED;
import static dev.carillon.schedule.CircuitBreaker.State.DISABLED;
import static dev.carillon.schedule.CircuitBreaker.State.HALF_OPEN;
import static dev.carillon.schedule.CircuitBreaker.State.HELD_OPEN;
import static dev.carillon.schedule.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.CircuitBreaker.State;
import dev.carillon.schedule.CircuitBreaker.StateChange;
import dev.carillon.schedule.Gate.Admission;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Listeners learn of every change, in order, under no lock. */
@Covers("C34")
class CircuitBreakerListenerTest {
  private final ManualClock clock = new ManualClock();
  private final List<StateChange> heard = Collections.synchronizedList(new ArrayList<>());

  private CircuitBreakerConfig configure(CircuitBreakerConfig c) {
    return c.withClock(clock)
        .withConsecutiveFailures(1)
        .withTrials(1, Duration.ofSeconds(1))
        .withListener(heard::add);
  }

  private static Admission.Pass admitted(CircuitBreaker breaker) {
    return (Admission.Pass) breaker.ask();
  }

  @Test
  void change_ofAnyKind_isTold() {
    CircuitBreaker breaker = CircuitBreaker.of("api", this::configure);
    admitted(breaker).failure(new IOException());
    clock.advance(Duration.ofSeconds(30));
    admitted(breaker).success();
    breaker.disable();
    breaker.open();
    breaker.close();
    Instant then = Instant.ofEpochSecond(30);
    assertThat(heard)
        .containsExactly(
            new StateChange(
                "api",
                CLOSED,
                OPEN,
                1,
                "1 calls in a row failed, and 0 are allowed to",
                Instant.EPOCH),
            new StateChange("api", OPEN, HALF_OPEN, 2, "it was open for PT30S", then),
            new StateChange("api", HALF_OPEN, CLOSED, 3, "1 trials ended, 0 of them failed", then),
            new StateChange("api", CLOSED, DISABLED, 4, "disabled by hand", then),
            new StateChange("api", DISABLED, HELD_OPEN, 5, "opened by hand", then),
            new StateChange("api", HELD_OPEN, CLOSED, 6, "closed by hand", then));
  }

  @Test
  void listener_throws_isLoggedAndStopsNothing() {
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "api",
            c ->
                configure(
                    c.withListener(change -> {
                      throw new IllegalStateException("listener");
                    })));
    try (var log = new CapturedLog("dev.carillon.schedule")) {
      breaker.open();
      assertThat(log.messages()).containsExactly("a listener of a circuit breaker failed");
    }
    assertThat(heard).hasSize(1);
    assertThat(breaker.stats().listenerFailures()).isOne();
  }

  @Test
  void listener_throwsAnError_othersAreToldAndItIsThrown() {
    var error = new AssertionError("listener");
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "api",
            c ->
                configure(
                    c.withListener(change -> {
                      throw error;
                    })));
    assertThatExceptionOfType(AssertionError.class).isThrownBy(breaker::open);
    assertThatExceptionOfType(AssertionError.class).isThrownBy(breaker::close);
    assertThat(heard).extracting(StateChange::to).containsExactly(HELD_OPEN, CLOSED);
    assertThat(breaker.state()).isEqualTo(CLOSED);
  }

  @Test
  void listener_changesTheBreaker_isToldOfThatAfterwards() {
    var itself = new AtomicReference<CircuitBreaker>();
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "api",
            c ->
                configure(
                    c.withListener(change -> {
                      if (change.to() == HELD_OPEN) {
                        itself.get().close();
                      }
                    })));
    itself.set(breaker);
    breaker.open();
    assertThat(heard).extracting(StateChange::to).containsExactly(HELD_OPEN, CLOSED);
  }

  @Test
  void listener_blocks_holdsNobodyUp() {
    var entered = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    CircuitBreaker breaker =
        CircuitBreaker.of(
            "api",
            c ->
                configure(
                    c.withListener(change -> {
                      entered.countDown();
                      await(leave);
                    })));
    try (var workers = new Workers()) {
      workers.start(breaker::open);
      await(entered);
      breaker.close();
      admitted(breaker).failure(new IOException());
      assertThat(breaker.state()).isEqualTo(OPEN);
      assertThat(heard).isEmpty();
      leave.countDown();
    }
    assertThat(heard).extracting(StateChange::to).containsExactly(HELD_OPEN, CLOSED, OPEN);
  }

  private static void await(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void change_byManyThreads_isToldInOrder() {
    CircuitBreaker breaker = CircuitBreaker.of("api", this::configure);
    try (var workers = new Workers()) {
      for (int i = 0; i < 4; i++) {
        workers.start(() -> {
          for (int j = 0; j < 500; j++) {
            breaker.open();
            breaker.disable();
            breaker.close();
          }
        });
      }
    }
    assertThat(heard)
        .extracting(StateChange::epoch)
        .isEqualTo(LongStream.rangeClosed(1, heard.size()).boxed().toList());
    State before = CLOSED;
    for (StateChange change : heard) {
      assertThat(change.from()).isEqualTo(before);
      before = change.to();
    }
    assertThat(breaker.state()).isEqualTo(before);
  }
}
