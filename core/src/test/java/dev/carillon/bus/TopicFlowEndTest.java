package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a flow of messages ends, and what becomes of those that wait then. */
class TopicFlowEndTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final ManualClock clock = new ManualClock();
  private final Scheduler scheduler = Scheduler.open(c -> c.withClock(clock).withGrace(GRACE));
  private final Bus bus = Bus.open(scheduler, c -> c);
  private final TestSubscriber<Message<Integer>> subscriber = new TestSubscriber<>();

  @AfterEach
  void close() {
    bus.close();
    scheduler.close();
    log.close();
    assertThat(subscriber.hasOverlapped()).isFalse();
  }

  private static void until(String what, Delivery delivery) throws Exception {
    Patience.until(what, delivery::isDone);
  }

  private void subscribe(Flow.Subscriber<Message<Integer>> to) {
    bus.publisher(NUMBERS, s -> s.named("ear").owner("o")).subscribe(to);
  }

  // ── closed ──

  @Test
  void close_ofTheBus_completes() {
    subscribe(subscriber);
    bus.close();
    assertThat(subscriber.isComplete()).isTrue();
    assertThat(subscriber.ends()).isEqualTo(1);
    subscriber.request(1);
    subscriber.request(0);
    subscriber.cancel();
    assertThat(subscriber.ends()).isEqualTo(1);
  }

  @Test
  void close_ofAView_completesWhatItHasOpened() {
    var beside = new TestSubscriber<Message<Integer>>();
    Bus child = bus.child("a");
    child.publisher(NUMBERS).subscribe(subscriber);
    child.publisher(TopicPattern.of(">"), Integer.class).subscribe(beside);
    assertThat(bus.subscriberCount(Topic.of("a.numbers", Integer.class))).isEqualTo(2);
    child.close();
    assertThat(subscriber.isComplete()).isTrue();
    assertThat(beside.isComplete()).isTrue();
  }

  @Test
  void close_whileRequestedMessagesWait_givesThemFirst() throws Exception {
    var gate = new CountDownLatch(1);
    var slow = new TestSubscriber<Message<Integer>>(_ -> await(gate));
    subscribe(slow);
    slow.request(3);
    for (int i = 0; i < 3; i++) {
      bus.publish(NUMBERS, i);
    }
    bus.unsubscribeOwner("o");
    assertThat(slow.ends()).isZero();
    gate.countDown();
    Patience.until("it is complete", slow::isComplete);
    assertThat(slow.items()).hasSize(3);
    assertThat(slow.hasOverlapped()).isFalse();
  }

  @Test
  void close_whileMessagesWaitThatAreRequestedLater_givesThem() throws Exception {
    subscribe(subscriber);
    Delivery first = bus.publish(NUMBERS, 0);
    Delivery second = bus.publish(NUMBERS, 1);
    bus.unsubscribeOwner("o");
    assertThat(subscriber.ends()).isZero();
    subscriber.request(1);
    until("the first is handled", first);
    assertThat(first.outcomes()).containsExactly(new Outcome.Handled("ear"));
    assertThat(second.isDone()).isFalse();
    subscriber.request(1);
    until("the second is handled", second);
    Patience.until("it is complete", subscriber::isComplete);
    assertThat(subscriber.items()).hasSize(2);
  }

  @Test
  void close_whileMessagesWaitThatNobodyRequests_dropsThemInTheEnd() throws Exception {
    subscribe(subscriber);
    Delivery first = bus.publish(NUMBERS, 0);
    Delivery second = bus.publish(NUMBERS, 1);
    bus.unsubscribeOwner("o");
    Patience.until(
        "the first waits",
        () -> bus.events().waitGraph().toString().contains("request of Flow[ear]"));
    assertThat(first.isDone()).isFalse();
    clock.advance(GRACE.dividedBy(2));
    until("the second is dropped", second);
    assertThat(first.outcomes()).singleElement().isInstanceOf(Outcome.Dropped.class);
    Patience.until("it is complete", subscriber::isComplete);
    assertThat(subscriber.items()).isEmpty();
  }

  @Test
  void close_whileSubscribing_alwaysEndsOnce() throws Exception {
    for (int round = 0; round < 300; round++) {
      Bus other = Bus.open(scheduler, c -> c);
      var barrier = new CyclicBarrier(2);
      var late = new TestSubscriber<Message<Integer>>();
      try (var workers = new Workers()) {
        workers.start(() -> {
          barrier.await();
          other.publisher(NUMBERS).subscribe(late);
        });
        workers.start(() -> {
          barrier.await();
          other.close();
        });
      }
      Patience.until("it has ended", () -> late.ends() == 1);
    }
  }

  // ── refused ──

  @Test
  void subscribe_whenTheBusIsClosed_isAnError() {
    Flow.Publisher<Message<Integer>> publisher = bus.publisher(NUMBERS);
    bus.close();
    publisher.subscribe(subscriber);
    subscriber.request(1);
    subscriber.cancel();
    assertThat(subscriber.errors()).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void subscribe_whenTheNameHasAnotherType_isAnError() {
    Flow.Publisher<Message<Integer>> publisher = bus.publisher(NUMBERS);
    bus.subscribe(Topic.of("numbers", String.class), _ -> {});
    publisher.subscribe(subscriber);
    assertThat(subscriber.errors()).singleElement().isInstanceOf(TopicTypeException.class);
  }

  // ── cancelled ──

  @Test
  void cancel_inOnNext_dropsTheRest() throws Exception {
    var self = new TestSubscriber<?>[1];
    var once = new TestSubscriber<Message<Integer>>(_ -> self[0].cancel());
    self[0] = once;
    subscribe(once);
    Delivery first = bus.publish(NUMBERS, 0);
    Delivery second = bus.publish(NUMBERS, 1);
    once.request(5);
    until("the second is dropped", second);
    assertThat(first.outcomes()).containsExactly(new Outcome.Handled("ear"));
    assertThat(second.outcomes())
        .containsExactly(new Outcome.Dropped("ear", "its subscriber hears no more"));
    once.cancel();
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
    assertThat(once.items()).hasSize(1);
    assertThat(once.ends()).isZero();
  }

  @Test
  void cancel_whileAClosedOneWaitsForDemand_letsItGo() throws Exception {
    subscribe(subscriber);
    Delivery delivery = bus.publish(NUMBERS, 0);
    bus.unsubscribeOwner("o");
    subscriber.cancel();
    until("it is dropped", delivery);
    assertThat(subscriber.ends()).isZero();
  }

  @Test
  void onNext_thatThrows_isCancelled() throws Exception {
    var failure = new IllegalStateException("next");
    var failing =
        new TestSubscriber<Message<Integer>>(_ -> {
          throw failure;
        });
    subscribe(failing);
    Delivery first = bus.publish(NUMBERS, 0);
    Delivery second = bus.publish(NUMBERS, 1);
    failing.request(5);
    until("the second is dropped", second);
    assertThat(first.outcomes()).containsExactly(new Outcome.Failed("ear", failure, false));
    assertThat(second.outcomes()).singleElement().isInstanceOf(Outcome.Dropped.class);
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
    assertThat(failing.ends()).isZero();
  }

  @Test
  void onSubscribeAndOnComplete_thatThrow_areLogged() {
    subscribe(new Throwing());
    assertThat(bus.subscriberCount(NUMBERS)).isZero();
    assertThat(log.thrown()).extracting(Throwable::getMessage).containsExactly("subscribe");
    var end = new Throwing();
    end.begins = true;
    subscribe(end);
    bus.close();
    assertThat(log.thrown())
        .extracting(Throwable::getMessage)
        .containsExactly("subscribe", "complete");
  }

  private static final class Throwing implements Flow.Subscriber<Message<Integer>> {
    private boolean begins;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      if (!begins) {
        throw new IllegalStateException("subscribe");
      }
    }

    @Override
    public void onNext(Message<Integer> item) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onComplete() {
      throw new IllegalStateException("complete");
    }
  }

  @Test
  void onNext_thatIsAbandoned_isNotJoinedByAnotherButEndsWithAnError() throws Exception {
    Duration limit = Duration.ofSeconds(1);
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var stuck =
        new TestSubscriber<Message<Integer>>(_ -> {
          begun.countDown();
          await(gate);
        });
    try (var laneLog = new CapturedLog("dev.carillon.schedule")) {
      bus.publisher(NUMBERS, s -> s.named("ear").timeout(limit)).subscribe(stuck);
      stuck.request(5);
      Delivery first = bus.publish(NUMBERS, 0);
      Patience.await(begun);
      Delivery second = bus.publish(NUMBERS, 1);
      clock.advance(limit);
      clock.advance(GRACE);
      until("the first is given up", first);
      until("the second has failed", second);
      assertThat(first.outcomes()).containsExactly(new Outcome.TimedOut("ear", limit));
      assertThat(stuck.ends()).isZero();
      gate.countDown();
      Patience.until("it has ended", () -> stuck.ends() == 1);
      assertThat(stuck.errors())
          .singleElement()
          .isInstanceOf(IllegalStateException.class)
          .extracting(Throwable::getMessage)
          .asString()
          .contains("onNext must return");
      assertThat(stuck.items()).hasSize(1);
      assertThat(stuck.hasOverlapped()).isFalse();
      assertThat(laneLog.messages()).isNotEmpty();
    }
  }

  /** Waits, whatever interrupts it. */
  private static void await(CountDownLatch gate) {
    while (true) {
      try {
        Patience.await(gate);
        return;
      } catch (InterruptedException e) {
        continue;
      }
    }
  }
}
