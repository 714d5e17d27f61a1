package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscriptions at which messages wait and nothing is finished, and those that are too slow. */
@Timeout(120) // closing waits for handlers by a clock that stands still
@Covers("W17")
class StallTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final Duration QUARTER = Duration.ofSeconds(10).dividedBy(4);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final ManualClock clock = new ManualClock();
  private final Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
  private final Bus bus =
      Bus.open(scheduler, c -> c.withStallAfter(Duration.ofSeconds(10)).withTimeout(null));
  private final Queue<BusNotice> notices = new ConcurrentLinkedQueue<>();
  private final Semaphore gate = new Semaphore(0);
  private final CountDownLatch begun = new CountDownLatch(1);

  StallTest() {
    bus.subscribe(
        TopicPattern.of("$bus.>"), BusNotice.class, m -> notices.add(m.payload()), s -> s.direct());
    notices.clear();
  }

  @AfterEach
  void close() {
    gate.release(1_000);
    bus.close();
    scheduler.close();
    log.close();
  }

  private <N extends BusNotice> List<N> told(Class<N> type) {
    return notices.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Lets time pass in steps, each when the watch is set for the next look. */
  private void pass(int looks) throws Exception {
    for (int i = 0; i < looks; i++) {
      Patience.until("the watch is set", () -> clock.alarms() > 0 && idle());
      clock.advance(QUARTER.plusMillis(20)); // the wheel turns in steps
    }
    Patience.until("the last look is over", this::idle);
  }

  private boolean idle() {
    return !((LocalBus) bus).stalls().isLooking();
  }

  private Subscription hanging() throws InterruptedException {
    Subscription hanging =
        bus.subscribe(
            NUMBERS,
            _ -> {
              begun.countDown();
              gate.acquire();
            },
            s -> s.named("hanging"));
    bus.publish(NUMBERS, 1);
    Patience.await(begun);
    bus.publish(NUMBERS, 2);
    return hanging;
  }

  @Test
  void messagesWait_nothingIsFinished_isStalledUntilSomethingIs() throws Exception {
    Subscription hanging = hanging();
    assertThat(hanging.health()).isEqualTo(SubscriptionHealth.HEALTHY);
    pass(6);
    assertThat(hanging.health()).isEqualTo(SubscriptionHealth.STALLED);
    assertThat(hanging.health().isGood()).isFalse();
    BusNotice.Stalled notice = told(BusNotice.Stalled.class).getFirst();
    assertThat(notice.subscription()).isEqualTo("hanging");
    assertThat(notice.queued()).isEqualTo(1);
    assertThat(notice.handling()).singleElement().asString().contains("StallTest");
    assertThat(log.messages()).anyMatch(m -> m.contains("\"hanging\" is stalled: waiting=1"));
    pass(4);
    assertThat(told(BusNotice.Stalled.class)).as("told once").hasSize(1);
    gate.release(2);
    Patience.until("both are handled", () -> hanging.stats().handled() == 2);
    pass(1);
    assertThat(hanging.health()).isEqualTo(SubscriptionHealth.HEALTHY);
    assertThat(told(BusNotice.Recovered.class)).containsExactly(new BusNotice.Recovered("hanging"));
  }

  @Test
  void schedulerIsFull_theWatchGoesOn() throws Exception {
    var full = new CountDownLatch(1);
    try (Scheduler small = Scheduler.open(c -> c.withClock(clock).withCapacity(1));
        Bus other = Bus.open(small, c -> c.withStallAfter(Duration.ofSeconds(10)))) {
      small.submit(full::await);
      Subscription hanging = other.subscribe(NUMBERS, _ -> gate.acquire(), s -> s.timeout(null));
      other.publish(NUMBERS, 1);
      other.publish(NUMBERS, 2);
      Patience.until(
          "it is found stalled",
          () -> {
            clock.advance(QUARTER);
            return hanging.health() == SubscriptionHealth.STALLED;
          });
      gate.release(2);
      full.countDown();
    }
  }

  @Test
  void slowButGoingOn_isNotStalled() throws Exception {
    Subscription hanging = hanging();
    for (int i = 0; i < 8; i++) {
      bus.publish(NUMBERS, i);
    }
    for (int i = 1; i <= 4; i++) {
      int expected = i;
      pass(2);
      gate.release();
      Patience.until("one more is handled", () -> hanging.stats().handled() == expected);
    }
    assertThat(told(BusNotice.Stalled.class)).isEmpty();
  }

  @Test
  void hangsAndDrops_isStalledAllTheSame() throws Exception {
    Subscription hanging =
        bus.subscribe(
            NUMBERS,
            _ -> {
              begun.countDown();
              gate.acquire();
            },
            s -> s.named("hanging").capacity(2, WhenFull.DROP_NEWEST));
    bus.publish(NUMBERS, 1);
    Patience.await(begun);
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 5; j++) {
        bus.publish(NUMBERS, j);
      }
      pass(1);
    }
    assertThat(hanging.stats().dropped()).isPositive();
    assertThat(hanging.health()).isEqualTo(SubscriptionHealth.STALLED);
  }

  @Test
  void paused_isNotStalled() throws Exception {
    Subscription held = bus.subscribe(NUMBERS, _ -> {}, s -> s.named("held"));
    held.pause();
    bus.publish(NUMBERS, 1);
    pass(8);
    assertThat(held.health()).isEqualTo(SubscriptionHealth.PAUSED);
    assertThat(told(BusNotice.Stalled.class)).isEmpty();
    held.resume();
    Patience.until("it is handled", () -> held.stats().handled() == 1);
  }

  @Test
  void nothingWaits_theWatchRests() throws Exception {
    bus.subscribe(NUMBERS, _ -> {}, s -> s);
    assertThat(clock.alarms()).isZero();
    bus.publishAndAwait(NUMBERS, 1, Patience.LONG);
    pass(1);
    Patience.until("no alarm is set", () -> clock.alarms() == 0);
  }

  @Test
  void full_isTold_onceASecond() {
    Subscription narrow =
        bus.subscribe(NUMBERS, _ -> {}, s -> s.named("narrow").capacity(2, WhenFull.DROP_NEWEST));
    narrow.pause();
    for (int i = 0; i < 5; i++) {
      bus.publish(NUMBERS, i);
    }
    assertThat(told(BusNotice.Overflow.class))
        .containsExactly(new BusNotice.Overflow("narrow", 2, WhenFull.DROP_NEWEST, 1));
    clock.advance(Duration.ofSeconds(1));
    bus.publish(NUMBERS, 5);
    assertThat(told(BusNotice.Overflow.class).getLast().messages()).isEqualTo(3);
    narrow.resume();
  }
}
