package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What waits for a handler: dropped, conflated, paused, timed out. */
class InboxTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final List<Integer> heard = Collections.synchronizedList(new ArrayList<>());

  private static List<String> kinds(Delivery delivery) {
    return delivery.outcomes().stream().map(o -> o.getClass().getSimpleName()).toList();
  }

  /** Publishes while the handler is held by the first message; {@return the deliveries}. */
  private List<Delivery> publishBehindTheFirst(
      Bus bus, int count, UnaryOperator<SubscriptionOptions<Integer>> configure)
      throws InterruptedException {
    var started = new CountDownLatch(1);
    var held = new CountDownLatch(1);
    bus.subscribe(
        NUMBERS,
        m -> {
          started.countDown();
          held.await();
          heard.add(m.payload());
        },
        configure);
    List<Delivery> deliveries = new ArrayList<>();
    deliveries.add(bus.publish(NUMBERS, 0));
    Patience.await(started);
    for (int i = 1; i < count; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    held.countDown();
    for (Delivery delivery : deliveries) {
      delivery.await(Patience.LONG);
    }
    return deliveries;
  }

  @Test
  @Covers("R11")
  void dropOldest_whenFull_keepsTheNewest() throws Exception {
    try (Bus bus = Bus.open()) {
      List<Delivery> deliveries =
          publishBehindTheFirst(bus, 10, s -> s.capacity(3, WhenFull.DROP_OLDEST));
      assertThat(heard).containsExactly(0, 7, 8, 9);
      assertThat(kinds(deliveries.get(1))).containsExactly("Dropped");
      assertThat(kinds(deliveries.get(9))).containsExactly("Handled");
    }
  }

  @Test
  void latest_ofAKey_replacesWhatWaits() throws Exception {
    try (Bus bus = Bus.open()) {
      List<Delivery> deliveries =
          publishBehindTheFirst(bus, 10, s -> s.latest(m -> m.payload() % 3));
      assertThat(heard).containsExactly(0, 7, 8, 9);
      assertThat(kinds(deliveries.get(2))).containsExactly("Dropped");
    }
  }

  @Test
  void latest_keyThatThrows_failsThatMessageOnly() throws Exception {
    try (Bus bus = Bus.open()) {
      bus.subscribe(NUMBERS, m -> heard.add(m.payload()), s -> s.latest(m -> 10 / m.payload()));
      Delivery bad = bus.publish(NUMBERS, 0);
      bus.publish(NUMBERS, 5).await(Patience.LONG);
      assertThat(kinds(bad)).containsExactly("Failed");
      assertThat(heard).containsExactly(5);
    }
  }

  @Test
  void pause_messagesWait_untilResumed() throws Exception {
    try (Bus bus = Bus.open()) {
      Subscription subscription = bus.subscribe(NUMBERS, m -> heard.add(m.payload()));
      subscription.pause();
      Delivery delivery = bus.publish(NUMBERS, 1);
      assertThat(subscription.stats().paused()).isTrue();
      assertThat(subscription.stats().queued()).isEqualTo(1);
      assertThat(delivery.isDone()).isFalse();
      subscription.resume();
      delivery.await(Patience.LONG);
      assertThat(heard).containsExactly(1);
    }
  }

  @Test
  @Covers("W6")
  void timeout_handlerThatIsInterrupted_timesOut() throws Exception {
    var clock = new ManualClock();
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c)) {
      var started = new CountDownLatch(1);
      bus.subscribe(
          NUMBERS,
          m -> {
            if (m.payload() == 0) {
              started.countDown();
              new CountDownLatch(1).await();
            }
            heard.add(m.payload());
          },
          s -> s.timeout(Duration.ofSeconds(5)));
      Delivery stuck = bus.publish(NUMBERS, 0);
      Delivery next = bus.publish(NUMBERS, 1);
      Patience.await(started);
      Patience.until(
          "the time is over",
          () -> {
            clock.advance(Duration.ofSeconds(1));
            return stuck.isDone();
          });
      assertThat(kinds(stuck)).containsExactly("TimedOut");
      assertThatThrownBy(() -> stuck.await(Patience.LONG)).hasMessageContaining("TimedOut");
      next.await(Patience.LONG);
      assertThat(heard).containsExactly(1);
    }
  }

  @Test
  void timeout_handlerThatIgnoresInterrupts_isAbandonedAndTheNextHandled() throws Exception {
    var clock = new ManualClock();
    var released = new AtomicBoolean();
    try (Scheduler scheduler = Scheduler.open(c -> c.withClock(clock));
        Bus bus = Bus.open(scheduler, c -> c)) {
      var started = new CountDownLatch(1);
      bus.subscribe(
          NUMBERS,
          m -> {
            if (m.payload() == 0) {
              started.countDown();
              while (!released.get()) {
                Thread.onSpinWait();
              }
            }
            heard.add(m.payload());
          },
          s -> s.timeout(Duration.ofSeconds(5)));
      Delivery stuck = bus.publish(NUMBERS, 0);
      Delivery next = bus.publish(NUMBERS, 1);
      Patience.await(started);
      Patience.until(
          "the call is abandoned",
          () -> {
            clock.advance(Duration.ofSeconds(1));
            return stuck.isDone() && next.isDone();
          });
      assertThat(kinds(stuck)).containsExactly("TimedOut");
      assertThat(kinds(next)).containsExactly("Handled");
      released.set(true);
      Patience.until("the abandoned call ends", () -> heard.size() == 2);
    }
  }
}
