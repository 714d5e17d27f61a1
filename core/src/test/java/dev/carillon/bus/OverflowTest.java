package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a message that finds no room. */
@Covers("R11")
class OverflowTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();
  private final Queue<Integer> heard = new ConcurrentLinkedQueue<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void close() {
    gate.countDown();
    bus.close();
    log.close();
  }

  /** {@return a subscription that handles one message, and has room for no more} */
  private Subscription full(WhenFull overflow) throws InterruptedException {
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            m -> {
              begun.countDown();
              gate.await();
              heard.add(m.payload());
            },
            s -> s.named("full").capacity(2, overflow));
    bus.publish(NUMBERS, 0);
    Patience.await(begun);
    bus.publish(NUMBERS, 1);
    bus.publish(NUMBERS, 2);
    assertThat(subscription.stats().queued()).isEqualTo(2);
    return subscription;
  }

  private void waitsForRoom() throws Exception {
    Patience.until(
        "the publisher waits for room",
        () -> bus.events().waitGraph().toString().contains("room in lane"));
  }

  @Test
  void block_publisherWaitsForRoom_nothingIsLost() throws Exception {
    Subscription subscription = full(WhenFull.BLOCK);
    List<Delivery> published = new ArrayList<>();
    try (var workers = new Workers()) {
      workers.start(() -> {
        for (int i = 3; i < 20; i++) {
          published.add(bus.publish(NUMBERS, i));
        }
      });
      waitsForRoom();
      assertThat(published).isEmpty();
      gate.countDown();
      workers.join();
    }
    assertThat(published.getLast().await(Patience.LONG)).isTrue();
    assertThat(List.copyOf(heard)).hasSize(20).isSorted();
    assertThat(subscription.stats().dropped() + subscription.stats().refused()).isZero();
  }

  @Test
  void deadLetters_holdUpNobody() throws Exception {
    Subscription graves =
        bus.subscribe(
            TopicPattern.of("$dead.>"),
            DeadLetter.class,
            _ -> {},
            s -> s.named("graves").capacity(2, WhenFull.BLOCK));
    graves.pause();
    bus.subscribe(
        NUMBERS,
        _ -> {
          throw new IllegalStateException("broken");
        },
        s -> s.onError(e -> e.deadLetter().disableAfter(0, e.probeAfter())));
    for (int i = 0; i < 5; i++) {
      assertThat(bus.publishAndAwait(NUMBERS, i, Patience.LONG).isDone()).isTrue();
    }
    assertThat(graves.stats().dropped()).isEqualTo(3);
    graves.resume();
  }

  @Test
  @Covers("W6")
  void block_noRoomInTime_isRefusedToThePublisher() throws Exception {
    Subscription held =
        bus.subscribe(
            NUMBERS,
            m -> heard.add(m.payload()),
            s -> s.named("held").capacity(2, WhenFull.BLOCK).blockAtMost(Duration.ofMillis(20)));
    held.pause();
    bus.publish(NUMBERS, 1);
    bus.publish(NUMBERS, 2);
    Delivery third = bus.publish(NUMBERS, 3);
    assertThat(third.outcomes())
        .containsExactly(
            new Outcome.Refused(
                "held",
                "no more messages than its capacity may wait: capacity=2, blockAtMost=PT0.02S",
                true));
    held.resume();
    Patience.until("the others are handled", () -> heard.size() == 2);
  }

  @Test
  void block_publisherIsInterrupted_isRefusedAndStaysInterrupted() throws Exception {
    Subscription subscription = full(WhenFull.BLOCK);
    List<Delivery> published = new ArrayList<>();
    List<Boolean> interrupted = new ArrayList<>();
    try (var workers = new Workers()) {
      Thread publisher =
          workers.start(() -> {
            published.add(bus.publish(NUMBERS, 3));
            interrupted.add(Thread.interrupted());
          });
      waitsForRoom();
      publisher.interrupt();
      workers.join();
    }
    assertThat(interrupted).containsExactly(true);
    assertThat(published.getFirst().outcomes())
        .containsExactly(
            new Outcome.Refused(
                "full", "the publisher was interrupted while it waited for room", true));
    assertThat(subscription.stats().refused()).isEqualTo(1);
  }

  @Test
  void block_subscriptionIsClosedMeanwhile_dropsTheMessage() throws Exception {
    Subscription subscription = full(WhenFull.BLOCK);
    List<Delivery> published = new ArrayList<>();
    try (var workers = new Workers()) {
      workers.start(() -> published.add(bus.publish(NUMBERS, 3)));
      waitsForRoom();
      subscription.close();
      workers.join();
    }
    assertThat(published.getFirst().outcomes())
        .containsExactly(new Outcome.Dropped("full", "the subscription was closed"));
  }

  @Test
  void dropNewest_isDroppedAndCounted() throws Exception {
    Subscription subscription = full(WhenFull.DROP_NEWEST);
    Delivery delivery = bus.publish(NUMBERS, 3);
    assertThat(delivery.outcomes())
        .containsExactly(
            new Outcome.Dropped("full", "no more messages than its capacity may wait: capacity=2"));
    assertThat(delivery.await(Patience.LONG)).as("it is no fault").isTrue();
    try (Emitter<Integer> out = bus.emitter(NUMBERS)) {
      out.emit(4);
    }
    assertThat(subscription.stats().dropped()).isEqualTo(2);
    gate.countDown();
    Patience.until("what waited is handled", () -> heard.size() == 3);
    assertThat(heard).containsExactly(0, 1, 2);
  }

  @Test
  void reject_isRefusedAndTheEventPoisoned() throws Exception {
    Subscription subscription = full(WhenFull.REJECT);
    Delivery delivery = bus.publish(NUMBERS, 3);
    assertThat(delivery.outcomes()).singleElement().isInstanceOf(Outcome.Refused.class);
    assertThat(delivery.event().poison()).isNotNull();
    assertThat(subscription.stats().refused()).isEqualTo(1);
    gate.countDown();
    Patience.until("what waited is handled", () -> heard.size() == 3);
    assertThat(bus.publishAndAwait(NUMBERS, 4, Patience.LONG).outcomes())
        .as("there is room again")
        .containsExactly(new Outcome.Handled("full"));
  }

  @Test
  void close_afterMessagesWereDropped_isDrainedAndForgotten() throws Exception {
    for (boolean isLatest : new boolean[] {false, true}) {
      var hold = new CountDownLatch(1);
      Subscription subscription =
          bus.subscribe(
              NUMBERS,
              m -> hold.await(),
              s -> isLatest ? s.latest(m -> "key") : s.capacity(2, WhenFull.DROP_OLDEST));
      for (int i = 0; i < 10; i++) {
        bus.publish(NUMBERS, i);
      }
      assertThat(subscription.stats().dropped()).isPositive();
      subscription.close();
      hold.countDown();
      LocalSubscription<?> local = (LocalSubscription<?>) subscription;
      Patience.until("what waited is handled", local::isDrained);
    }
  }

  @Test
  void latest_keyThrowsAnError_failsForItAloneAndNotForThePublisher() throws Exception {
    bus.subscribe(
        NUMBERS,
        m -> heard.add(m.payload()),
        s ->
            s.latest(m -> {
              throw new AssertionError("no key");
            }));
    var other = new CountDownLatch(1);
    bus.subscribe(NUMBERS, m -> other.countDown());
    Delivery delivery = bus.publish(NUMBERS, 1);
    Patience.await(other);
    Patience.until("it is settled", delivery::isDone);
    assertThat(delivery.outcomes().getFirst()).isInstanceOf(Outcome.Failed.class);
  }
}
