package dev.carillon.testkit;

import static dev.carillon.testkit.CarillonAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Outcome;
import dev.carillon.bus.Subscription;
import dev.carillon.bus.Topic;
import dev.carillon.event.Event;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A bus whose time passes when the test says so. */
class BusTimeTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration TICK = Duration.ofNanos(1);

  private final CapturedLog log = new CapturedLog("dev.carillon");
  private final RecordedBus recorded =
      RecordedBus.simulated(7, s -> s, c -> c.withHistory(">", h -> h));
  private final Bus bus = recorded.bus();
  private final List<Object> heard = new ArrayList<>();

  @AfterEach
  void close() {
    recorded.close();
    log.close();
    assertThat(Thread.interrupted()).as("no interrupt is left behind").isFalse();
  }

  private Instant now() {
    return recorded.simulation().clock().now();
  }

  @Test
  @Covers("W6")
  void timeout_ofAHandlerThatWaits_comesWhenItIsDueAndTheNextIsHandled() {
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              if (m.payload() == 0) {
                new CountDownLatch(1).await();
              }
              heard.add(m.payload());
            },
            s -> s.named("waits").timeout(Duration.ofSeconds(30)));
    Delivery stuck = bus.publish(NUMBERS, 0);
    Delivery next = bus.publish(NUMBERS, 1);
    recorded.advance(Duration.ofSeconds(30).minus(TICK));
    assertThat(stuck.isDone()).isFalse();
    recorded.advance(TICK);
    assertThat(stuck.outcomes())
        .containsExactly(new Outcome.TimedOut("waits", Duration.ofSeconds(30)));
    assertThat(next.outcomes()).containsExactly(new Outcome.Handled("waits"));
    assertThat(subscription.stats().timedOut()).isEqualTo(1);
    assertThat(heard).containsExactly(1);
  }

  @Test
  @Covers("W9")
  void disabled_probedAfterThirtySeconds_isEnabled() {
    bus.subscribe(
        NUMBERS,
        m -> {
          if (m.payload() < 10) {
            throw new IOException("broken");
          }
          heard.add(m.payload());
        },
        s -> s.named("fragile"));
    for (int i = 0; i < 10; i++) {
      bus.publish(NUMBERS, i);
    }
    recorded.runUntilIdle();
    recorded.advance(Duration.ofSeconds(30).minus(TICK));
    Delivery early = bus.publish(NUMBERS, 10);
    recorded.runUntilIdle();
    assertThat(early.outcomes().getFirst()).isInstanceOf(Outcome.Refused.class);
    recorded.advance(TICK);
    Delivery probe = bus.publish(NUMBERS, 11);
    Delivery after = bus.publish(NUMBERS, 12);
    recorded.runUntilIdle();
    assertThat(probe.outcomes()).containsExactly(new Outcome.Handled("fragile"));
    assertThat(after.outcomes()).containsExactly(new Outcome.Handled("fragile"));
    assertThat(heard).containsExactly(11, 12);
  }

  @Test
  @Covers("R6")
  void replay_atHalfTheTime_pausesAsThen() throws Exception {
    for (int i = 0; i < 4; i++) {
      bus.publish(NUMBERS, i);
      recorded.advance(Duration.ofHours(2));
    }
    Instant start = now();
    bus.subscribe(NUMBERS, m -> heard.add(Duration.between(start, now())));
    Promise<Integer> replayed = bus.replay(q -> q, 2);
    recorded.advance(Duration.ofHours(3));
    assertThat(replayed.event()).isTriggered();
    assertThat(replayed.await()).isEqualTo(4);
    assertThat(heard)
        .containsExactly(
            Duration.ZERO, Duration.ofHours(1), Duration.ofHours(2), Duration.ofHours(3));
  }

  @Test
  @Covers("W6")
  void request_nobodyAnswersInTime_isPoisonedAtTheDeadline() {
    Topic<String> questions = Topic.of("questions", String.class);
    bus.respond(
        questions,
        request -> {
          bus.events().after(Duration.ofSeconds(20)).await();
          return "late";
        },
        s -> s);
    Promise<String> answer = bus.request(questions, "why?", String.class, Duration.ofSeconds(10));
    recorded.advance(Duration.ofSeconds(10).minus(TICK));
    assertThat(answer.event()).isPending();
    recorded.advance(TICK);
    assertThat(answer.event()).isPoisoned();
    Promise<String> patient = bus.request(questions, "why?", String.class, Duration.ofSeconds(60));
    recorded.advance(Duration.ofSeconds(30));
    assertThat(patient.event()).isTriggered();
  }

  @Test
  void retry_pausesPassWithTheClock() {
    bus.subscribe(
        NUMBERS,
        m -> {
          heard.add(now());
          throw new IOException("broken");
        },
        s ->
            s.timeout(null)
                .onError(e ->
                    e.retry(
                        Retry.DEFAULT
                            .withMaxAttempts(3)
                            .withBackoff(Backoff.fixed(Duration.ofMinutes(1))))));
    Instant start = now();
    bus.publish(NUMBERS, 1);
    recorded.advance(Duration.ofMinutes(5));
    assertThat(heard)
        .containsExactly(
            start, start.plus(Duration.ofMinutes(1)), start.plus(Duration.ofMinutes(2)));
  }

  @Test
  void call_publishAndAwait_waitsWhileTheSimulationGoesOn() throws Exception {
    bus.subscribe(
        NUMBERS, m -> bus.events().after(Duration.ofSeconds(3)).await(), s -> s.named("slow"));
    Instant start = now();
    Delivery delivery =
        recorded.simulation().call(() -> bus.publishAndAwait(NUMBERS, 1, LONG), LONG);
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Handled("slow"));
    assertThat(Duration.between(start, now())).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void call_thatFailsOrDoesNotReturn_isTold() {
    SimulatedScheduler simulation = recorded.simulation();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            simulation.call(
                () -> {
                  throw new IOException("broken");
                },
                LONG));
    assertThatIllegalStateException()
        .isThrownBy(() ->
            simulation.call(
                () -> {
                  new CountDownLatch(1).await();
                  return 1;
                },
                LONG))
        .withMessageContaining("limit=PT24H");
    try (var strict = new SimulatedScheduler(1)) {
      assertThatIllegalStateException().isThrownBy(() -> strict.call(() -> 1, LONG));
    }
  }

  @Test
  void step_fromATask_isRefused() {
    Event step = recorded.simulation().scheduler().submit(() -> recorded.runUntilIdle());
    recorded.runUntilIdle();
    assertThat(step).isPoisoned();
  }

  @Test
  void tasks_thatWaitForEachOther_goOn() {
    var lock = new ReentrantLock();
    var gate = new CountDownLatch(1);
    bus.subscribe(
        NUMBERS,
        m -> {
          if (m.payload() == 0) {
            lock.lock();
            gate.await();
            lock.unlock();
          } else if (m.payload() == 9) {
            gate.countDown();
          } else {
            lock.lock();
            lock.unlock();
          }
          synchronized (heard) {
            heard.add(m.payload());
          }
        },
        s -> s.concurrent(10));
    for (int i = 0; i < 9; i++) {
      bus.publish(NUMBERS, i);
      recorded.runUntilIdle();
    }
    assertThat(heard).isEmpty();
    bus.publish(NUMBERS, 9);
    recorded.runUntilIdle();
    assertThat(heard).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void close_handlersThatNeverEnd_takesSimulatedTimeOnly() {
    long start = System.nanoTime();
    for (int i = 0; i < 3; i++) {
      try (var other = RecordedBus.simulated(i)) {
        other.bus().subscribe(NUMBERS, m -> new CountDownLatch(1).await(), s -> s.timeout(null));
        other.bus().publish(NUMBERS, 1);
        other.bus().publish(NUMBERS, 2);
        other.runUntilIdle();
      }
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }
}
