package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.PoisonedException;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What follows when a handler fails. */
@Timeout(120) // closing waits for handlers by a clock that stands still
class ErrorTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Duration PROBE_AFTER = Duration.ofSeconds(30);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final ManualClock clock = new ManualClock();
  private final Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
  private final Bus bus = Bus.open(scheduler, c -> c);
  private final Queue<Object> heard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean isBroken = true;

  @AfterEach
  void close() {
    bus.close();
    scheduler.close();
    log.close();
  }

  /** Subscribes a handler that fails as long as it is broken. */
  private Subscription fragile(UnaryOperator<SubscriptionOptions<Integer>> how) {
    return bus.subscribe(
        NUMBERS,
        m -> {
          calls.incrementAndGet();
          if (isBroken) {
            throw new IOException("broken " + m.payload());
          }
        },
        s -> how.apply(s.named("fragile")));
  }

  private List<Outcome> outcomes(Delivery delivery) throws Exception {
    Patience.until("it is over: " + delivery, delivery::isDone);
    return delivery.outcomes();
  }

  @Test
  void failure_isLoggedAndCountedAndLeavesOthersAlone() throws Exception {
    Subscription fragile = fragile(s -> s);
    bus.subscribe(
        NUMBERS,
        _ -> {
          throw new AssertionError("an error");
        },
        s -> s.named("error").direct());
    Subscription good = bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    for (int i = 0; i < 3; i++) {
      List<Outcome> outcomes = outcomes(bus.publish(NUMBERS, i));
      assertThat(((Outcome.Failed) outcomes.get(0)).cause()).hasMessage("broken " + i);
      assertThat(((Outcome.Failed) outcomes.get(1)).cause()).isInstanceOf(AssertionError.class);
      assertThat(outcomes.get(2)).isEqualTo(new Outcome.Handled(good.name()));
    }
    assertThat(heard).containsExactly(0, 1, 2);
    assertThat(fragile.stats().failed()).isEqualTo(3);
    assertThat(fragile.stats().handled()).isZero();
    assertThat(log.messages())
        .hasSize(6)
        .allMatch(message -> message.contains("\"numbers\""))
        .anyMatch(message -> message.contains("\"fragile\""))
        .anyMatch(message -> message.contains("\"error\""));
    assertThat(log.thrown()).doesNotContainNull();
  }

  @Test
  void failure_emitted_isLoggedAndCounted() throws Exception {
    Subscription fragile = fragile(s -> s);
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(1);
    }
    Patience.until("it is logged", () -> !log.messages().isEmpty());
    assertThat(log.messages()).hasSize(1);
    assertThat(fragile.stats().failed()).isEqualTo(1);
  }

  // ── retry ──

  private static OnError twice(OnError onError) {
    return onError.retry(
        Retry.DEFAULT.withMaxAttempts(3).withBackoff(Backoff.fixed(Duration.ofSeconds(5))));
  }

  @Test
  void retry_waitsBetweenAttemptsAndKeepsTheOrder() throws Exception {
    Subscription subscription = fragile(s -> s.onError(ErrorTest::twice));
    Delivery delivery = bus.publish(NUMBERS, 1);
    Delivery later = bus.publish(NUMBERS, 2);
    for (int attempt = 1; attempt < 3; attempt++) {
      int expected = attempt;
      Patience.until("attempt " + attempt, () -> calls.get() == expected && pauses());
      isBroken = attempt < 2;
      clock.advance(Duration.ofMillis(4_999));
      assertThat(calls).hasValue(attempt);
      assertThat(later.isDone()).isFalse();
      clock.advance(Duration.ofMillis(1));
    }
    assertThat(outcomes(delivery)).containsExactly(new Outcome.Handled("fragile"));
    assertThat(outcomes(later)).containsExactly(new Outcome.Handled("fragile"));
    assertThat(subscription.stats().retried()).isEqualTo(2);
    assertThat(subscription.stats().failed()).isZero();
    assertThat(log.messages()).isEmpty();
  }

  private boolean pauses() {
    return clock.isAlarmSetIn(Duration.ofSeconds(5)); // not the one that watches the handler
  }

  @Test
  void retry_inVain_failsOnceWithTheLastCause() throws Exception {
    Subscription subscription =
        fragile(s ->
            s.onError(e -> e.retry(Retry.DEFAULT.withBackoff(Backoff.fixed(Duration.ofNanos(0))))));
    List<Outcome> outcomes = outcomes(bus.publish(NUMBERS, 1));
    assertThat(((Outcome.Failed) outcomes.getFirst()).cause()).hasMessage("broken 1");
    assertThat(calls).hasValue(3);
    assertThat(subscription.stats().retried()).isEqualTo(2);
    assertThat(subscription.stats().failed()).isEqualTo(1);
    assertThat(log.messages()).hasSize(1);
  }

  // ── propagation ──

  @Test
  @Covers("W10")
  void propagate_isTheSwitchThatPoisonsThePublishersEvent() throws Exception {
    Subscription silent = fragile(s -> s);
    assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).isDone()).isTrue();
    silent.close();
    fragile(s -> s.onError(OnError::propagate));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> bus.publishAndAwait(NUMBERS, 2, Patience.LONG))
        .withMessageContaining("broken 2");
  }

  // ── dead letters ──

  private void hearDeadLetters() {
    bus.subscribe(
        TopicPattern.of("$dead.>"),
        DeadLetter.class,
        m -> {
          heard.add(m.topic().name());
          heard.add(m.payload());
        },
        s -> s.direct());
  }

  @Test
  void deadLetter_afterFailure_saysWhoAndWhy() throws Exception {
    hearDeadLetters();
    fragile(s -> s.onError(OnError::deadLetter));
    fragile(s -> s.named("without"));
    List<Outcome> outcomes = outcomes(bus.publish(NUMBERS, 1));
    assertThat(heard).hasSize(2).element(0).isEqualTo("$dead.numbers");
    assertThat(List.copyOf(heard).get(1))
        .isInstanceOfSatisfying(
            DeadLetter.class,
            letter -> {
              assertThat(letter.message().payload()).isEqualTo(1);
              assertThat(letter.message().topic()).isEqualTo(NUMBERS);
              assertThat(letter.subscription()).isEqualTo("fragile");
              assertThat(letter.cause()).isSameAs(((Outcome.Failed) outcomes.getFirst()).cause());
            });
  }

  @Test
  void deadLetter_withoutSubscriber_onlyIfConfigured() {
    hearDeadLetters();
    bus.publish(NUMBERS, 1);
    assertThat(heard).isEmpty();
    try (var other = Bus.open(scheduler, c -> c.withDeadLetters(true));
        Emitter<Integer> out = other.emitter(NUMBERS)) {
      other.publish(NUMBERS, 1);
      out.emit(1);
      List<DeadLetter> letters = new ArrayList<>();
      other.subscribe(
          TopicPattern.of("$dead.numbers"),
          DeadLetter.class,
          m -> letters.add(m.payload()),
          s -> s.direct());
      other.publish(NUMBERS, 2);
      out.emit(3);
      assertThat(letters)
          .extracting(letter -> (Object) letter.message().payload())
          .containsExactly(2, 3);
      assertThat(letters)
          .allMatch(letter -> letter.subscription() == null && letter.cause() == null);
      assertThat(other.stats().unheard()).isEqualTo(4);
    }
  }

  @Test
  void deadLetter_ofADeadLetter_isNotWritten() throws Exception {
    var dead = new AtomicInteger();
    bus.subscribe(
        TopicPattern.of("$dead.>"),
        DeadLetter.class,
        _ -> {
          dead.incrementAndGet();
          throw new IOException("not this one, too");
        },
        s -> s.direct().onError(OnError::deadLetter));
    hearDeadLetters();
    fragile(s -> s.onError(OnError::deadLetter));
    outcomes(bus.publish(NUMBERS, 1));
    assertThat(dead).hasValue(1);
    assertThat(heard).hasSize(2).contains("$dead.numbers");
  }

  @Test
  void deadLetter_ofTheLongestName_isWritten() throws Exception {
    hearDeadLetters();
    Topic<Integer> longest = Topic.of("x".repeat(255), Integer.class);
    bus.subscribe(
        longest,
        _ -> {
          throw new IOException("broken");
        },
        s -> s.onError(OnError::deadLetter));
    outcomes(bus.publish(longest, 1));
    assertThat(heard).hasSize(2).contains("$dead." + longest.name());
  }

  @Test
  void deadLetter_ofANotice_isNotWrittenButLogged() {
    hearDeadLetters();
    bus.subscribe(
        TopicPattern.of("$bus.>"),
        BusNotice.class,
        _ -> {
          throw new IOException("broken");
        },
        s ->
            s.direct()
                .onError(OnError::deadLetter)
                .filter(m -> m.payload() instanceof BusNotice.Disconnected));
    bus.subscribe(NUMBERS, _ -> {}).close();
    assertThat(heard).isEmpty();
    assertThat(log.messages()).anyMatch(message -> message.startsWith("no dead letter of $bus."));
  }

  // ── disabling ──

  private void hearNotices() {
    bus.subscribe(
        TopicPattern.of("$bus.subscription.*"),
        BusNotice.class,
        m -> heard.add(m.payload()),
        s -> s.direct().filter(m -> !(m.payload() instanceof BusNotice.Connected)));
  }

  @Test
  @Covers("W9")
  void disable_afterFailuresInARow_probesAfterTheTimeAndEnables() throws Exception {
    hearNotices();
    Subscription subscription = fragile(s -> s.onError(e -> e.disableAfter(3, PROBE_AFTER)));
    for (int i = 0; i < 3; i++) {
      assertThat(subscription.stats().disabled()).isFalse();
      assertThat(outcomes(bus.publish(NUMBERS, i)).getFirst()).isInstanceOf(Outcome.Failed.class);
    }
    assertThat(subscription.stats().disabled()).isTrue();
    assertThat(heard)
        .singleElement()
        .isInstanceOfSatisfying(
            BusNotice.Disabled.class,
            notice -> {
              assertThat(notice.subscription()).isEqualTo("fragile");
              assertThat(notice.reason()).contains("3");
            });
    assertThat(outcomes(bus.publish(NUMBERS, 4)).getFirst())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.reason()).startsWith("disabled: ");
              assertThat(refused.poisons()).isFalse();
            });
    assertThat(calls).as("it was not called").hasValue(3);
    clock.advance(PROBE_AFTER);
    assertThat(outcomes(bus.publish(NUMBERS, 5)).getFirst()).isInstanceOf(Outcome.Failed.class);
    assertThat(outcomes(bus.publish(NUMBERS, 6)).getFirst()).isInstanceOf(Outcome.Refused.class);
    isBroken = false;
    clock.advance(PROBE_AFTER);
    assertThat(outcomes(bus.publish(NUMBERS, 7))).containsExactly(new Outcome.Handled("fragile"));
    assertThat(subscription.stats().disabled()).isFalse();
    assertThat(List.copyOf(heard)).last().isEqualTo(new BusNotice.Enabled("fragile"));
    assertThat(calls).hasValue(5);
    assertThat(subscription.stats().refused()).isEqualTo(2);
  }

  @Test
  void disable_successBetween_countsAnew() throws Exception {
    Subscription subscription = fragile(s -> s.onError(e -> e.disableAfter(3, PROBE_AFTER)));
    for (int i = 0; i < 12; i++) {
      isBroken = i % 3 != 2;
      outcomes(bus.publish(NUMBERS, i));
    }
    assertThat(subscription.stats().disabled()).isFalse();
    assertThat(calls).hasValue(12);
  }

  @Test
  void disable_byDefaultAfterTen_neverIfZero() throws Exception {
    Subscription ten = fragile(s -> s);
    Subscription never = fragile(s -> s.onError(e -> e.disableAfter(0, PROBE_AFTER)));
    for (int i = 0; i < 12; i++) {
      outcomes(bus.publish(NUMBERS, i));
    }
    assertThat(ten.stats().disabled()).isTrue();
    assertThat(ten.stats().failed()).isEqualTo(10);
    assertThat(never.stats().disabled()).isFalse();
    assertThat(never.stats().failed()).isEqualTo(12);
  }

  @Test
  void disable_probeUnderWay_othersAreRefused() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              if (m.payload() == 0) {
                throw new IOException("broken");
              }
              begun.countDown();
              gate.await();
            },
            s -> s.concurrent(2).timeout(null).onError(e -> e.disableAfter(1, PROBE_AFTER)));
    outcomes(bus.publish(NUMBERS, 0));
    clock.advance(PROBE_AFTER);
    Delivery probe = bus.publish(NUMBERS, 1);
    Patience.await(begun);
    assertThat(outcomes(bus.publish(NUMBERS, 2)).getFirst()).isInstanceOf(Outcome.Refused.class);
    gate.countDown();
    assertThat(outcomes(probe)).containsExactly(new Outcome.Handled(subscription.name()));
    assertThat(outcomes(bus.publish(NUMBERS, 3)))
        .containsExactly(new Outcome.Handled(subscription.name()));
  }
}
