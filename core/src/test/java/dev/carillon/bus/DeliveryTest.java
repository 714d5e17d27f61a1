package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.PoisonedException;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a publisher is told about its message. */
class DeliveryTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private static MessageHandler<Integer> failing(Throwable failure) {
    return message -> {
      switch (failure) {
        case Error error -> throw error;
        case Exception exception -> throw exception;
        default -> throw new AssertionError(failure);
      }
    };
  }

  @Test
  void publish_handled_isTriggeredAndSaysByWhom() throws Exception {
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("one"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.isDone()).isTrue();
    assertThat(delivery.matched()).isEqualTo(1);
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Handled("one"));
    assertThat(delivery.event().status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void publish_withoutSubscriber_isTriggeredAndSaysSo() throws Exception {
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.isDone()).isTrue();
    assertThat(delivery.matched()).isZero();
    assertThat(delivery.outcomes()).containsExactly(new Outcome.NoSubscriber());
    assertThat(delivery.await(Duration.ZERO)).isTrue();
    assertThat(bus.stats().unheard()).isEqualTo(1);
  }

  @Test
  void publish_filtered_isTriggeredAndSaysSo() throws Exception {
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("even").filter(m -> m.payload() % 2 == 0));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.await(Duration.ZERO)).isTrue();
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Filtered("even"));
  }

  @Test
  void publish_failedWithoutPropagating_isTriggeredAndNamesTheCause() throws Exception {
    var failure = new IllegalStateException("broken");
    bus.subscribe(NUMBERS, failing(failure), s -> s.named("bad"));
    Delivery delivery = bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Failed("bad", failure, false));
  }

  @Test
  void publish_severalFailAndPropagate_isPoisonedWithAllCauses() throws Exception {
    bus.subscribe(
        NUMBERS,
        failing(new IllegalStateException("first")),
        s -> s.named("bad").onError(OnError::propagate));
    bus.subscribe(NUMBERS, _ -> {}, s -> s.named("good"));
    bus.subscribe(
        NUMBERS,
        failing(new AssertionError("second")),
        s -> s.named("worse").onError(OnError::propagate));
    bus.subscribe(NUMBERS, failing(new IllegalStateException("silent")), s -> s.named("silent"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> delivery.await(Patience.LONG))
        .withMessageContaining("topic=\"numbers\"")
        .withMessageContaining("first")
        .withMessageContaining("second")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("silent", "good"));
    assertThat(delivery.outcomes())
        .extracting(Outcome::poisons)
        .containsExactly(true, false, true, false);
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> bus.publishAndAwait(NUMBERS, 1, Patience.LONG));
  }

  @Test
  void publish_toClosedMeanwhile_isDroppedAndTriggered() throws Exception {
    List<Subscription> second = new ArrayList<>();
    bus.subscribe(NUMBERS, _ -> second.getFirst().close(), s -> s.named("first").direct());
    second.add(bus.subscribe(NUMBERS, _ -> {}, s -> s.named("second")));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.await(Duration.ZERO)).isTrue();
    assertThat(delivery.outcomes())
        .containsExactly(
            new Outcome.Handled("first"),
            new Outcome.Dropped("second", "the subscription was closed"));
    assertThat(second.getFirst().stats().dropped()).isEqualTo(1);
  }

  @Test
  void publish_onDisabledBus_isRefusedAndTriggered() throws Exception {
    bus.subscribe(NUMBERS, _ -> {});
    bus.disable();
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.await(Duration.ZERO)).isTrue();
    assertThat(delivery.matched()).isZero();
    assertThat(delivery.outcomes())
        .containsExactly(new Outcome.Refused("publish", "the bus is disabled", false));
  }

  @Test
  void publish_rejectedByFullLane_isPoisoned() throws Exception {
    var gate = new CountDownLatch(1);
    var begun = new CountDownLatch(1);
    bus.subscribe(
        NUMBERS,
        _ -> {
          begun.countDown();
          gate.await();
        },
        s -> s.named("full").capacity(2, WhenFull.REJECT));
    List<Delivery> deliveries = new ArrayList<>();
    deliveries.add(bus.publish(NUMBERS, 0));
    Patience.await(begun); // else the lane may have room again in the end
    for (int i = 1; i < 8; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    Delivery last = deliveries.getLast();
    assertThat(last.outcomes())
        .containsExactly(
            new Outcome.Refused(
                "full", "no more messages than its capacity may wait: capacity=2", true));
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(() -> last.await(Patience.LONG))
        .withMessageContaining("capacity=2");
    gate.countDown();
    assertThat(deliveries.getFirst().await(Patience.LONG)).isTrue();
  }

  @Test
  void publish_handlerTooLate_isTimedOutAndPoisoned() throws Exception {
    var clock = new ManualClock();
    var begun = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        var slow = Bus.open(scheduler, c -> c)) {
      Duration limit = Duration.ofSeconds(1);
      slow.subscribe(
          NUMBERS,
          _ -> {
            begun.countDown();
            over.await();
          },
          s -> s.named("slow").concurrent(2).timeout(limit));
      Delivery delivery = slow.publish(NUMBERS, 1);
      Patience.await(begun);
      clock.advance(Duration.ofSeconds(2));
      Patience.until("the time is over", delivery::isDone);
      assertThat(delivery.outcomes()).containsExactly(new Outcome.TimedOut("slow", limit));
      assertThat(delivery.event().status()).isEqualTo(EventStatus.POISONED);
      over.countDown();
    }
  }

  @Test
  void outcomes_whileSomeAreMissing_areThoseKnownInTheOrderOfSubscribing() throws Exception {
    var gate = new CountDownLatch(1);
    var failure = new IllegalStateException("broken");
    bus.subscribe(NUMBERS, _ -> gate.await(), s -> s.named("slow"));
    bus.subscribe(TopicPattern.of("*"), String.class, _ -> {}, s -> s.named("other type"));
    bus.subscribe(TopicPattern.of(">"), Integer.class, _ -> {}, s -> s.named("direct").direct());
    bus.subscribe(NUMBERS, failing(failure), s -> s.named("bad").direct());
    Delivery delivery = bus.publish(NUMBERS, 1);
    List<Outcome> known =
        List.of(
            new Outcome.Filtered("other type"),
            new Outcome.Handled("direct"),
            new Outcome.Failed("bad", failure, false));
    assertThat(delivery.isDone()).isFalse();
    assertThat(delivery.outcomes()).isEqualTo(known);
    gate.countDown();
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.outcomes())
        .hasSize(4)
        .startsWith(new Outcome.Handled("slow"))
        .endsWith(known.toArray(Outcome[]::new));
  }

  @Test
  void event_madeBeforeTheEndOrAfter_isOneAndCompletes() throws Exception {
    var gate = new CountDownLatch(1);
    bus.subscribe(NUMBERS, _ -> gate.await());
    Delivery asked = bus.publish(NUMBERS, 1);
    Event early = asked.event();
    assertThat(early.status()).isEqualTo(EventStatus.PENDING);
    Delivery unasked = bus.publish(NUMBERS, 2);
    gate.countDown();
    assertThat(early.await(Patience.LONG)).isTrue();
    assertThat(asked.event()).isSameAs(early);
    Patience.until("the second is over", unasked::isDone);
    assertThat(unasked.event().status()).isEqualTo(EventStatus.TRIGGERED);
  }

  @Test
  void await_longerThanTheTime_returnsFalseAndLeavesTheMessageAlone() throws Exception {
    var gate = new CountDownLatch(1);
    bus.subscribe(NUMBERS, _ -> gate.await(), s -> s.named("slow"));
    Delivery delivery = bus.publishAndAwait(NUMBERS, 1, Duration.ofMillis(1));
    assertThat(delivery.isDone()).isFalse();
    assertThat(delivery.await(Duration.ZERO)).isFalse();
    gate.countDown();
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Handled("slow"));
  }

  @Test
  void await_whenDoneAndTheBusIsClosedSince_returns() throws Exception {
    bus.subscribe(NUMBERS, _ -> {}, s -> s.direct());
    Delivery delivery = bus.publish(NUMBERS, 1);
    bus.close();
    assertThat(delivery.await(Duration.ZERO)).isTrue();
  }

  @Test
  void reportAndEvent_onManyThreads_completeOneEvent() {
    try (var events = EventSystem.create();
        var workers = new Workers()) {
      int rounds = 3_000;
      List<LocalDelivery> deliveries = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        deliveries.add(new LocalDelivery(events, "numbers", 2));
      }
      var barrier = new CyclicBarrier(4);
      List<Event> seen = Collections.synchronizedList(new ArrayList<>());
      for (int t = 0; t < 2; t++) {
        int place = t;
        workers.start(() -> {
          barrier.await();
          deliveries.forEach(each -> each.report(place, new Outcome.Handled("h" + place)));
        });
        workers.start(() -> {
          barrier.await();
          deliveries.forEach(each -> seen.add(each.event()));
        });
      }
      workers.join();
      assertThat(seen)
          .hasSize(2 * rounds)
          .allMatch(event -> event.status() == EventStatus.TRIGGERED);
      assertThat(deliveries)
          .allMatch(LocalDelivery::isDone)
          .allMatch(each -> each.event().status() == EventStatus.TRIGGERED)
          .allMatch(each ->
              each.outcomes()
                  .equals(List.of(new Outcome.Handled("h0"), new Outcome.Handled("h1"))));
    }
  }

  @Test
  void report_twiceForOnePlace_countsTheFirst() {
    try (var events = EventSystem.create()) {
      var delivery = new LocalDelivery(events, "numbers", 2);
      delivery.report(1, new Outcome.Handled("b"));
      delivery.report(1, new Outcome.Filtered("b"));
      assertThat(delivery.isDone()).isFalse();
      assertThat(delivery.outcomes()).containsExactly(new Outcome.Handled("b"));
      delivery.report(0, new Outcome.Handled("a"));
      assertThat(delivery.isDone()).isTrue();
    }
  }

  // ── stages ──

  @Test
  void stage_ofADelivery_hasTheOutcomes() throws Exception {
    var gate = new CountDownLatch(1);
    bus.subscribe(NUMBERS, _ -> gate.await(), s -> s.named("one"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    CompletionStage<List<Outcome>> stage = delivery.stage();
    CompletableFuture<List<Outcome>> cancelled = delivery.stage().toCompletableFuture();
    cancelled.cancel(true);
    assertThat(stage.toCompletableFuture()).isNotDone();
    gate.countDown();
    var expected = new Outcome.Handled("one");
    assertThat(stage.toCompletableFuture().get()).containsExactly(expected);
    assertThat(delivery.outcomes()).containsExactly(expected);
    bus.close();
    assertThat(delivery.stage().toCompletableFuture()).isCompletedWithValue(List.of(expected));
  }

  @Test
  void stage_ofADeliveryThatIsPoisoned_failsWithThat() {
    var failure = new IllegalStateException("handler");
    bus.subscribe(NUMBERS, failing(failure), s -> s.onError(OnError::propagate));
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> bus.publish(NUMBERS, 1).stage().toCompletableFuture().get())
        .withCauseInstanceOf(PoisonedException.class)
        .withMessageContaining("handler");
  }
}
