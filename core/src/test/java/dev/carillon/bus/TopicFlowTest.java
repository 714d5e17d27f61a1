package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Retry;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of topics for subscribers of reactive streams; see the TCK's tests as well. */
class TopicFlowTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();
  private final TestSubscriber<Message<Integer>> subscriber = new TestSubscriber<>();

  @AfterEach
  void close() {
    bus.close();
    log.close();
    assertThat(subscriber.hasOverlapped()).isFalse();
  }

  private List<Integer> payloads() {
    return subscriber.items().stream().map(Message::payload).toList();
  }

  private static void deliver(Delivery delivery) throws InterruptedException {
    assertThat(delivery.await(Patience.LONG)).isTrue();
  }

  private void waitsForRoom() throws Exception {
    Patience.until(
        "a publisher waits for room",
        () -> bus.events().waitGraph().toString().contains("room in lane"));
  }

  // ── demand ──

  @Test
  void request_someOfWhatWaits_givesThatManyAndNoMore() throws Exception {
    bus.publisher(NUMBERS).subscribe(subscriber);
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    assertThat(deliveries).noneMatch(Delivery::isDone);
    subscriber.request(2);
    deliver(deliveries.get(1));
    subscriber.request(1);
    deliver(deliveries.get(2));
    assertThat(deliveries.get(3).isDone()).isFalse();
    assertThat(payloads()).containsExactly(0, 1, 2);
    subscriber.request(Long.MAX_VALUE);
    subscriber.request(Long.MAX_VALUE);
    deliver(deliveries.get(3));
    deliver(bus.publish(NUMBERS, 4));
    assertThat(payloads()).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void publish_fullAndNothingRequested_waitsUntilSomethingIs() throws Exception {
    bus.publisher(NUMBERS, s -> s.capacity(2, WhenFull.BLOCK)).subscribe(subscriber);
    bus.publish(NUMBERS, 0);
    bus.publish(NUMBERS, 1);
    try (var workers = new Workers()) {
      workers.start(() -> bus.publish(NUMBERS, 2));
      waitsForRoom();
      subscriber.request(1);
    }
    Patience.until("the first has come", () -> !payloads().isEmpty());
    assertThat(payloads()).containsExactly(0);
  }

  @Test
  void publish_fullAndNothingRequested_dropsIfToldTo() throws Exception {
    bus.publisher(NUMBERS, s -> s.named("ear").capacity(2, WhenFull.DROP_NEWEST))
        .subscribe(subscriber);
    bus.publish(NUMBERS, 0);
    Delivery second = bus.publish(NUMBERS, 1);
    assertThat(bus.publish(NUMBERS, 2).outcomes())
        .singleElement()
        .isInstanceOf(Outcome.Dropped.class);
    subscriber.request(5);
    deliver(second);
    assertThat(payloads()).containsExactly(0, 1);
  }

  @Test
  void demand_thatComesLate_isNotTheHandlersTime() throws Exception {
    var clock = new ManualClock();
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus other = Bus.open(scheduler, c -> c)) {
      other
          .publisher(NUMBERS, s -> s.named("ear").timeout(Duration.ofSeconds(1)))
          .subscribe(subscriber);
      Delivery delivery = other.publish(NUMBERS, 0);
      clock.advance(Duration.ofDays(1));
      subscriber.request(1);
      Patience.until("it is handled", delivery::isDone);
      assertThat(delivery.outcomes()).containsExactly(new Outcome.Handled("ear"));
    }
  }

  @Test
  void request_byManyWhileManyPublish_isNeverExceededAndLosesNothing() throws Exception {
    int publishers = 2;
    int each = 2_000;
    var requested = new AtomicLong();
    var received = new AtomicLong();
    var exceeded = new AtomicBoolean();
    var counting =
        new TestSubscriber<Message<Integer>>(message -> {
          if (received.incrementAndGet() > requested.get()) {
            exceeded.set(true);
          }
        });
    bus.publisher(NUMBERS, s -> s.capacity(8, WhenFull.BLOCK)).subscribe(counting);
    try (var workers = new Workers()) {
      for (int p = 0; p < publishers; p++) {
        int base = p * each;
        workers.start(() -> {
          for (int i = 0; i < each; i++) {
            bus.publish(NUMBERS, base + i);
          }
        });
      }
      for (int r = 0; r < 2; r++) {
        int most = 1 + r * 4;
        workers.start(() -> {
          for (int left = publishers * each / 2; left > 0; ) {
            int n = Math.min(left, most);
            requested.addAndGet(n);
            counting.request(n);
            left -= n;
          }
        });
      }
    }
    Patience.until("all have come", () -> received.get() == publishers * each);
    assertThat(exceeded).isFalse();
    assertThat(counting.hasOverlapped()).isFalse();
    for (int p = 0; p < publishers; p++) {
      int base = p * each;
      assertThat(
              counting.items().stream().map(Message::payload).filter(i -> i / each == base / each))
          .containsExactlyElementsOf(IntStream.range(base, base + each).boxed().toList());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void request_ofNothing_isAnError(long n) {
    bus.publisher(NUMBERS).subscribe(subscriber);
    subscriber.request(n);
    subscriber.request(n);
    assertThat(subscriber.errors())
        .singleElement()
        .isInstanceOf(IllegalArgumentException.class)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("n=" + n);
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
  }

  // ── composed ──

  @Test
  @Covers("C39")
  void flows_composedOverTheBus_slowTheirSourceDown() throws Exception {
    Topic<Integer> squares = Topic.of("squares", Integer.class);
    var gate = new CountDownLatch(1);
    List<Integer> heard = Collections.synchronizedList(new ArrayList<>());
    bus.subscribe(
        squares,
        m -> {
          gate.await();
          heard.add(m.payload());
        });
    Feed<Integer> feed = bus.subscriber(squares, 4);
    bus.publisher(NUMBERS, s -> s.capacity(4, WhenFull.BLOCK)).subscribe(squaring(feed));
    var published = new AtomicLong();
    try (var workers = new Workers()) {
      workers.start(() -> {
        for (int i = 0; i < 100; i++) {
          bus.publish(NUMBERS, i);
          published.incrementAndGet();
        }
      });
      waitsForRoom();
      assertThat(published.get()).isLessThanOrEqualTo(4 + 4);
      gate.countDown();
    }
    Patience.until("all are handled", () -> heard.size() == 100);
    assertThat(heard)
        .containsExactlyElementsOf(IntStream.range(0, 100).map(i -> i * i).boxed().toList());
  }

  /** {@return a link of a stream of messages: it squares what it hands on} */
  private static Flow.Subscriber<Message<Integer>> squaring(Flow.Subscriber<Integer> to) {
    return new Flow.Subscriber<>() {
      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        to.onSubscribe(subscription);
      }

      @Override
      public void onNext(Message<Integer> message) {
        to.onNext(message.payload() * message.payload());
      }

      @Override
      public void onError(Throwable cause) {
        to.onError(cause);
      }

      @Override
      public void onComplete() {
        to.onComplete();
      }
    };
  }

  // ── what is heard ──

  @Test
  void publisher_ofAPattern_hearsAllThatMatchesOfTheType() throws Exception {
    Flow.Publisher<Message<Integer>> publisher =
        bus.publisher(TopicPattern.of("a.>"), Integer.class);
    publisher.subscribe(subscriber);
    subscriber.request(10);
    deliver(bus.publish(Topic.of("a.b", Integer.class), 1));
    deliver(bus.publish(Topic.of("a.text", String.class), "no"));
    deliver(bus.publish(Topic.of("b", Integer.class), 2));
    deliver(bus.publish(Topic.of("a.b.c", Integer.class), 3));
    assertThat(payloads()).containsExactly(1, 3);
    assertThat(publisher).hasToString("Publisher[a.>]");
  }

  @Test
  void publisher_thatReplays_givesHistoryFirstAsItIsRequested() throws Exception {
    try (Bus keeping = Bus.open(c -> c.withHistory(">", h -> h))) {
      for (int i = 0; i < 10; i++) {
        keeping.publish(NUMBERS, i);
      }
      keeping
          .publisher(NUMBERS, s -> s.replay(Replay.all()).capacity(2, WhenFull.BLOCK))
          .subscribe(subscriber);
      subscriber.request(3);
      Patience.until("three have come", () -> payloads().size() == 3);
      subscriber.request(100);
      Patience.until("all have come", () -> payloads().size() == 10);
      assertThat(payloads()).containsExactlyElementsOf(IntStream.range(0, 10).boxed().toList());
    }
  }

  @Test
  void middleware_thatHandsAMessageOnTwice_failsIt() throws Exception {
    bus.useOnDelivery(
        TopicPattern.of("numbers"),
        (message, next) -> {
          next.handle(message);
          return next.handle(message);
        });
    bus.publisher(NUMBERS).subscribe(subscriber);
    subscriber.request(1);
    Delivery delivery = bus.publish(NUMBERS, 1);
    deliver(delivery);
    assertThat(delivery.outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("requested, and come once"));
    assertThat(payloads()).containsExactly(1);
    assertThat(subscriber.ends()).isZero();
  }

  // ── options ──

  static Stream<UnaryOperator<SubscriptionOptions<Integer>>> contradictions() {
    return Stream.of(
        SubscriptionOptions::direct,
        s -> s.concurrent(2),
        s -> s.batched(2, Duration.ZERO),
        s -> s.orderedBy(Message::payload, 1),
        s -> s.onError(e -> e.retry(Retry.of(r -> r))));
  }

  @ParameterizedTest
  @MethodSource("contradictions")
  void publisher_thatCannotKeepTheRules_isRefused(
      UnaryOperator<SubscriptionOptions<Integer>> configure) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.publisher(NUMBERS, configure))
        .withMessageContaining("must not be direct");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bus.publisher(TopicPattern.of(">"), Integer.class, configure));
  }

  @Test
  void executor_ofTheOptions_runsEverySignal() throws Exception {
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    var ended = new AtomicBoolean();
    try (var executor = Executors.newSingleThreadExecutor()) {
      Thread its = executor.submit(Thread::currentThread).get();
      bus.publisher(NUMBERS, s -> s.on(executor).owner("o"))
          .subscribe(
              new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                  subscription.request(10);
                }

                @Override
                public void onNext(Message<Integer> item) {
                  threads.add(Thread.currentThread());
                }

                @Override
                public void onError(Throwable cause) {
                  threads.clear();
                }

                @Override
                public void onComplete() {
                  threads.add(Thread.currentThread());
                  ended.set(true);
                }
              });
      deliver(bus.publish(NUMBERS, 1));
      bus.unsubscribeOwner("o");
      Patience.until("it is over", ended::get);
      assertThat(threads).containsExactly(its, its);
    }
  }

  @Test
  void executor_thatRefuses_doesNotHideTheEnd() {
    Executor closed =
        task -> {
          throw new RejectedExecutionException("closed");
        };
    bus.publisher(NUMBERS, s -> s.on(closed).owner("o")).subscribe(subscriber);
    bus.unsubscribeOwner("o");
    assertThat(subscriber.isComplete()).isTrue();
  }
}
