package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.Scheduler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who hears what, from when until when. */
class SubscriptionTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final TopicPattern EVERYTHING = TopicPattern.of(">");

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();
  private final Queue<Object> heard = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private Subscription listen(String pattern) {
    return bus.subscribe(
        TopicPattern.of(pattern), Object.class, m -> heard.add(pattern), s -> s.direct());
  }

  // ── patterns ──

  @ParameterizedTest
  @CsvSource({
    "system, '>'",
    "system.provider, '> *.* system.* system.>'",
    "system.provider.connected, '> system.> system.provider.> system.provider.connected'",
    "system.consumer.connected, '> system.>'",
    "other, '>'",
  })
  @Covers("R4")
  void publish_isHeardByThePatternsThatMatch(String topic, String patterns) {
    for (String pattern :
        List.of(
            ">",
            "*.*",
            "system.*",
            "system.>",
            "system.provider.>",
            "system.provider.connected",
            "system.provider.disconnected")) {
      listen(pattern);
    }
    Topic<String> published = Topic.of(topic, String.class);
    bus.publish(published, "x");
    assertThat(heard).containsExactly((Object[]) patterns.split(" "));
    assertThat(bus.subscriberCount(published)).isEqualTo(heard.size());
  }

  @Test
  void subscribe_sameHandlerTwice_hearsTwice() {
    listen("numbers");
    listen("numbers");
    bus.publish(NUMBERS, 1);
    assertThat(heard).hasSize(2);
  }

  @Test
  @Covers("C30")
  void subscribeAndClose_whilePublishing_takeEffectAtOnce() {
    bus.publish(NUMBERS, 1);
    Subscription first = listen("numbers");
    bus.publish(NUMBERS, 2);
    Subscription second = listen("*");
    bus.publish(NUMBERS, 3);
    first.close();
    first.close();
    assertThat(first.isOpen()).isFalse();
    bus.publish(NUMBERS, 4);
    second.close();
    bus.publish(NUMBERS, 5);
    assertThat(heard).containsExactly("numbers", "numbers", "*", "*");
    assertThat(bus.stats().subscriptions()).isZero();
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
  }

  @Test
  void name_givenOrNot_isShown() {
    Subscription given = bus.subscribe(NUMBERS, _ -> {}, s -> s.named("billing").owner("shop"));
    Subscription made = bus.subscribe(NUMBERS, _ -> {});
    assertThat(given.name()).isEqualTo("billing");
    assertThat(given.owner()).isEqualTo("shop");
    assertThat(given.pattern()).isEqualTo(TopicPattern.of("numbers"));
    assertThat(given).hasToString("Subscription[billing to numbers]");
    assertThat(made.name()).startsWith("numbers#");
    assertThat(made.owner()).isNull();
  }

  @Test
  void subscribe_optionsThatTheSchedulerRefuses_leavesNothingBehind() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.subscribe(NUMBERS, _ -> {}, s -> s.on(Placement.CALLER)));
    assertThat(bus.stats().subscriptions()).isZero();
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
    bus.subscribe(Topic.of("numbers", String.class), _ -> {});
  }

  // ── owners ──

  @Test
  @Covers("W12")
  void unsubscribeOwner_closesAllOfTheComponentAndNoOther() {
    Subscription one = bus.subscribe(NUMBERS, _ -> {}, s -> s.owner("billing"));
    Subscription two =
        bus.subscribe(EVERYTHING, Object.class, _ -> {}, s -> s.owner("billing").direct());
    Subscription other = bus.subscribe(NUMBERS, _ -> {}, s -> s.owner("audit"));
    Subscription nobody = bus.subscribe(NUMBERS, _ -> {});
    assertThat(bus.unsubscribeOwner("billing")).isEqualTo(2);
    assertThat(bus.unsubscribeOwner("billing")).isZero();
    assertThat(List.of(one, two)).noneMatch(Subscription::isOpen);
    assertThat(List.of(other, nobody)).allMatch(Subscription::isOpen);
    assertThat(bus.subscriberCount(NUMBERS)).isEqualTo(2);
  }

  @Test
  void unsubscribeOwner_whileSubscribing_leavesNobodyWhoIsClosed() {
    for (int round = 0; round < 500; round++) {
      var barrier = new CyclicBarrier(2);
      try (var workers = new Workers()) {
        workers.start(() -> {
          barrier.await();
          bus.subscribe(NUMBERS, _ -> {}, s -> s.owner("o").direct());
        });
        workers.start(() -> {
          barrier.await();
          for (int i = 0; i < 20; i++) {
            bus.unsubscribeOwner("o");
          }
        });
      }
      bus.unsubscribeOwner("o");
      assertThat(bus.subscriberCount(NUMBERS)).isZero();
      assertThat(bus.stats().subscriptions()).isZero();
    }
  }

  // ── filters ──

  @Test
  void filter_twoOfThem_bothMustAgreeAndFilteredIsCounted() {
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> heard.add(m.payload()),
            s -> s.direct().filter(m -> m.payload() % 2 == 0).filter(m -> m.payload() % 3 == 0));
    for (int i = 0; i < 12; i++) {
      bus.publish(NUMBERS, i);
    }
    assertThat(heard).containsExactly(0, 6);
    assertThat(subscription.stats().filtered()).isEqualTo(10);
    assertThat(subscription.stats().handled()).isEqualTo(2);
  }

  @Test
  void filter_thatThrows_failsForItsSubscriptionOnly() throws Exception {
    var exception = new IllegalStateException("filter");
    var error = new AssertionError("filter");
    Subscription one =
        bus.subscribe(
            NUMBERS,
            _ -> {},
            s ->
                s.named("one")
                    .filter(_ -> {
                      throw exception;
                    }));
    bus.subscribe(
        NUMBERS,
        _ -> {},
        s ->
            s.named("two")
                .filter(_ -> {
                  throw error;
                }));
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.named("three"));
    Delivery delivery = bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
    assertThat(delivery.outcomes())
        .containsExactly(
            new Outcome.Failed("one", exception, false),
            new Outcome.Failed("two", error, false),
            new Outcome.Handled("three"));
    assertThat(heard).containsExactly(1);
    assertThat(one.stats().failed()).isEqualTo(1);
  }

  // ── closing ──

  @Test
  void close_whileMessagesWait_letsThemBeHandled() throws Exception {
    var gate = new CountDownLatch(1);
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              gate.await();
              heard.add(m.payload());
            });
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    subscription.close();
    bus.publish(NUMBERS, 6);
    assertThat(subscription.stats().queued()).isBetween(3, 5);
    gate.countDown();
    for (Delivery each : deliveries) {
      assertThat(each.await(Patience.LONG)).isTrue();
    }
    assertThat(heard).containsExactly(0, 1, 2, 3, 4);
    assertThat(subscription.stats().queued()).isZero();
  }

  @Test
  void stats_ofEverything_areCounted() throws Exception {
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              if (m.payload() == 2) {
                throw new IllegalStateException("two");
              }
            },
            s -> s.filter(m -> m.payload() > 0));
    for (int i = 0; i < 4; i++) {
      bus.publishAndAwait(NUMBERS, i, Patience.LONG);
    }
    Subscription.Stats stats = subscription.stats();
    assertThat(stats.handled()).isEqualTo(2);
    assertThat(stats.filtered()).isEqualTo(1);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.dropped() + stats.refused() + stats.timedOut() + stats.retried()).isZero();
    assertThat(stats.disabled()).isFalse();
    assertThat(stats.paused()).isFalse();
    assertThat(stats.meanTime()).isPositive();
    assertThat(bus.stats().published()).isEqualTo(4);
    assertThat(bus.stats().subscriptions()).isEqualTo(1);
    assertThat(bus.subscriberCount(NUMBERS)).isEqualTo(1);
  }

  @Test
  void timeout_longerThanTheClockCounts_isNoLimit() throws Exception {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.timeout(forever).named("a"));
    bus.subscribe(
        NUMBERS, m -> heard.add(m.payload()), s -> s.timeout(forever).concurrent(2).named("b"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    Patience.until("it is handled", delivery::isDone);
    assertThat(delivery.outcomes())
        .containsExactly(new Outcome.Handled("a"), new Outcome.Handled("b"));
  }

  // ── emitters ──

  @Test
  void emitter_holdsItsTypeUntilClosed() {
    Topic<String> texts = Topic.of("numbers", String.class);
    Emitter<Integer> one = bus.emitter(NUMBERS);
    Emitter<Integer> two = bus.emitter(NUMBERS);
    assertThat(bus.stats().emitters()).isEqualTo(2);
    assertThat(one.topic()).isEqualTo(NUMBERS);
    one.close();
    one.close();
    assertThatExceptionOfType(TopicTypeException.class).isThrownBy(() -> bus.emitter(texts));
    two.close();
    assertThat(bus.stats().emitters()).isZero();
    bus.emitter(texts).close();
  }

  @Test
  void emitter_closedByManyAtOnce_letsGoOnce() {
    Topic<String> texts = Topic.of("numbers", String.class);
    Emitter<Integer> held = bus.emitter(NUMBERS);
    for (int round = 0; round < 300; round++) {
      Emitter<Integer> each = bus.emitter(NUMBERS);
      var barrier = new CyclicBarrier(2);
      try (var workers = new Workers()) {
        for (int t = 0; t < 2; t++) {
          workers.start(() -> {
            barrier.await();
            each.close();
          });
        }
      }
      assertThatExceptionOfType(TopicTypeException.class).isThrownBy(() -> bus.emitter(texts));
    }
    held.close();
  }

  @Test
  void emitter_afterSubscribingAndClosing_seesItAtOnce() throws Exception {
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      assertThat(out.hasSubscribers()).isFalse();
      out.emit(0);
      Subscription subscription = listen("numbers");
      assertThat(out.hasSubscribers()).isTrue();
      out.emit(1);
      assertThat(out.publish(2).outcomes())
          .containsExactly(new Outcome.Handled(subscription.name()));
      subscription.close();
      assertThat(out.hasSubscribers()).isFalse();
      out.emit(3);
      assertThat(out.publish(4).outcomes()).containsExactly(new Outcome.NoSubscriber());
    }
    assertThat(heard).hasSize(2);
    assertThat(bus.stats().published()).isEqualTo(5);
    assertThat(bus.stats().unheard()).isEqualTo(3);
  }

  @Test
  void emitter_toALane_isHandled() throws Exception {
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(1);
      out.emit(2);
      Patience.until("both are handled", () -> heard.size() == 2);
    }
    assertThat(heard).containsExactly(1, 2);
  }

  // ── payloads ──

  @Test
  void onPayload_hearsThePayloadOnThePublishersThread() {
    List<Thread> threads = new ArrayList<>();
    Subscription subscription =
        bus.onPayload(
            NUMBERS,
            payload -> {
              heard.add(payload);
              threads.add(Thread.currentThread());
            });
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(1);
      assertThat(out.publish(2).outcomes())
          .containsExactly(new Outcome.Handled(subscription.name()));
      bus.publish(NUMBERS, 3);
      assertThat(subscription.stats().handled()).isEqualTo(3);
      subscription.close();
      out.emit(4);
    }
    assertThat(heard).containsExactly(1, 2, 3);
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void onPayload_thatFails_keepsNobodyFromThePayload() {
    Subscription exception =
        bus.onPayload(
            NUMBERS,
            _ -> {
              throw new IllegalStateException("payload");
            });
    Subscription error =
        bus.onPayload(
            NUMBERS,
            _ -> {
              throw new AssertionError("payload");
            });
    bus.onPayload(NUMBERS, heard::add);
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(1);
    }
    assertThat(heard).containsExactly(1);
    assertThat(exception.stats().failed()).isEqualTo(1);
    assertThat(error.stats().failed()).isEqualTo(1);
    assertThat(log.messages()).hasSize(2);
  }

  @Test
  void onPayload_otherTypeOfTheName_isFiltered() {
    Subscription integers = bus.onPayload(NUMBERS, heard::add);
    try (Emitter<Number> out = bus.emitter(Topic.of("numbers", Number.class))) {
      out.emit(1.5);
      out.emit(1);
    }
    assertThat(heard).containsExactly(1);
    assertThat(integers.stats().filtered()).isEqualTo(1);
  }

  @Test
  void onPayload_closedByAnotherMeanwhile_hearsNothingMore() {
    List<Subscription> second = new ArrayList<>();
    bus.onPayload(NUMBERS, _ -> second.getFirst().close());
    second.add(bus.onPayload(NUMBERS, heard::add));
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(1);
    }
    assertThat(heard).isEmpty();
    assertThat(second.getFirst().stats().dropped()).isEqualTo(1);
  }

  // ── handlers that say later when they are done ──

  @Test
  @Covers("W1")
  void async_theNextMessageComesWhenTheStageIsComplete() throws Exception {
    Queue<CompletableFuture<String>> stages = new ConcurrentLinkedQueue<>();
    bus.subscribeAsync(
        TopicPattern.of("numbers"),
        Integer.class,
        _ -> {
          var stage = new CompletableFuture<String>();
          stages.add(stage);
          return stage;
        },
        s -> s);
    bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
    Delivery first = bus.publish(NUMBERS, 1);
    Delivery second = bus.publish(NUMBERS, 2);
    Patience.until("the first has begun", () -> stages.size() == 1);
    Patience.until("the synchronous handler is not held up", () -> heard.size() == 2);
    assertThat(first.isDone()).isFalse();
    stages.element().complete("done");
    assertThat(first.await(Patience.LONG)).isTrue();
    Patience.until("the second has begun", () -> stages.size() == 2);
    assertThat(second.isDone()).isFalse();
    stages.forEach(stage -> stage.complete("done"));
    assertThat(second.await(Patience.LONG)).isTrue();
  }

  @Test
  void async_thatFails_failsWithItsOwnCause() throws Exception {
    var exception = new IllegalStateException("stage");
    var error = new AssertionError("stage");
    Queue<Object> failures = new ConcurrentLinkedQueue<>(List.of(exception, error));
    bus.subscribeAsync(
        TopicPattern.of("numbers"),
        Integer.class,
        _ -> CompletableFuture.failedFuture((Throwable) failures.remove()),
        s -> s.named("async"));
    assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).outcomes())
        .containsExactly(new Outcome.Failed("async", exception, false));
    assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).outcomes())
        .containsExactly(new Outcome.Failed("async", error, false));
  }

  @Test
  void async_aStageThatIsNoFuture_isAwaitedToo() throws Exception {
    var future = new CompletableFuture<String>();
    var stage =
        (CompletionStage<?>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CompletionStage.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("toCompletableFuture")) {
                    throw new UnsupportedOperationException("not a future");
                  }
                  return method.invoke(future, arguments);
                });
    bus.subscribeAsync(
        TopicPattern.of("numbers"), Integer.class, _ -> stage, s -> s.named("async"));
    Delivery delivery = bus.publish(NUMBERS, 1);
    assertThat(delivery.isDone()).isFalse();
    var failure = new IllegalStateException("stage");
    future.completeExceptionally(failure);
    assertThat(delivery.await(Patience.LONG)).isTrue();
    assertThat(delivery.outcomes()).containsExactly(new Outcome.Failed("async", failure, false));
  }

  @Test
  @SuppressWarnings("NullAway") // a handler that breaks the rule
  void async_thatReturnsNull_fails() throws Exception {
    bus.subscribeAsync(
        TopicPattern.of("numbers"), Integer.class, _ -> null, s -> s.named("nothing"));
    assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("null"));
  }

  @Test
  void scheduler_ofTheUser_staysOpen() throws Exception {
    try (var scheduler = Scheduler.open()) {
      Bus other = Bus.open(scheduler, c -> c);
      other.close();
      assertThat(scheduler.submit(() -> {}).await(Patience.LONG)).isTrue();
    }
  }
}
