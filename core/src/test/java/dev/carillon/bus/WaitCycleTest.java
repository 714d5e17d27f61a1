package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import dev.carillon.event.PoisonedException;
import dev.carillon.event.Promise;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that wait for each other: found by who waits for whom, long before any timeout. */
@Timeout(20) // a third of the handlers' time
@Covers("W5")
class WaitCycleTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Topic<Integer> A = Topic.of("a", Integer.class);
  private static final Topic<Integer> B = Topic.of("b", Integer.class);
  private static final Topic<Integer> C = Topic.of("c", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open(c -> c.withCycles(CyclePolicy.OFF, 64, 8).withTimeout(LONG));
  private final ConcurrentLinkedQueue<List<String>> circles = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<PoisonedException> thrown = new ConcurrentLinkedQueue<>();

  WaitCycleTest() {
    bus.subscribe(
        TopicPattern.of("$bus.deadlock.detected"),
        BusNotice.DeadlockDetected.class,
        m -> circles.add(m.payload().circle()),
        SubscriptionOptions::direct);
  }

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private void publishAndAwait(Topic<Integer> topic, int payload) throws InterruptedException {
    try {
      bus.publishAndAwait(topic, payload, LONG);
    } catch (PoisonedException e) {
      thrown.add(e);
    }
  }

  private void assertOneCircle(int length) {
    assertOneCircle(length, length);
  }

  private void assertOneCircle(int least, int most) {
    assertThat(circles).hasSize(1);
    assertThat(circles.element()).hasSizeBetween(least, most);
    assertThat(thrown).hasSize(1);
    assertThat(thrown.element())
        .hasMessageContaining("handlers must not wait for each other in a circle");
    assertThat(log.messages()).anyMatch(m -> m.startsWith("deadlock of handlers"));
  }

  @Test
  void handler_thatAwaitsItsOwnTopic_givesWay() throws Exception {
    bus.subscribe(
        A,
        m -> {
          if (m.payload() > 0) {
            publishAndAwait(A, m.payload() - 1);
          }
        },
        s -> s.named("self"));
    Delivery first = bus.publish(A, 1);
    assertThat(first.await(LONG)).isTrue();
    assertOneCircle(1);
    assertThat(circles.element().getFirst())
        .contains("\"self\", handling message")
        .contains("on a, waits for the delivery on a");
  }

  @Test
  void delivery_whoseWaitGaveWay_isStillDeliveredToOthers() throws Exception {
    var inner = new ArrayList<Delivery>();
    bus.subscribe(
        A,
        m -> {
          if (m.payload() > 0) {
            inner.add(bus.publish(A, 0));
            assertThatThrownBy(() -> inner.getFirst().await(LONG))
                .isInstanceOf(PoisonedException.class);
          }
        },
        s -> s.onError(OnError::propagate));
    assertThat(bus.publish(A, 1).await(LONG)).isTrue();
    assertThat(inner.getFirst().event().await(LONG)).isTrue();
    assertThat(inner.getFirst().outcomes()).hasOnlyElementsOfType(Outcome.Handled.class);
  }

  @Test
  void twoHandlers_thatAwaitEachOther_theYoungerGivesWay() throws Exception {
    var both = new CountDownLatch(2);
    bus.subscribe(A, m -> meetAndAsk(m, both, B), s -> s.named("first"));
    bus.subscribe(B, m -> meetAndAsk(m, both, A), s -> s.named("second"));
    Delivery a = bus.publish(A, 1);
    Delivery b = bus.publish(B, 1);
    assertThat(a.await(LONG)).isTrue();
    assertThat(b.await(LONG)).isTrue();
    assertOneCircle(2);
  }

  private void meetAndAsk(Message<Integer> message, CountDownLatch both, Topic<Integer> other)
      throws InterruptedException {
    if (message.payload() > 0) {
      both.countDown();
      Patience.await(both);
      publishAndAwait(other, 0);
    }
  }

  @Test
  void waitIsOver_theThreadHasNotGoneOnYet_isNoCircle() throws Exception {
    var waits = new CountDownLatch(1); // "first", for room
    var looked = new CountDownLatch(1); // for a circle, as "second" waits
    try (Scheduler scheduler = Scheduler.open()) {
      // observers are told in the order in which they came, before and after
      scheduler.events().observeWaits(event -> isIn("first") ? () -> hold(looked) : null);
      try (Bus shared = Bus.open(scheduler, c -> c.withTimeout(LONG))) {
        scheduler
            .events()
            .observeWaits(event -> {
              if (isIn("first")) {
                waits.countDown();
              } else if (isIn("second")) {
                looked.countDown();
              }
              return null;
            });
        shared.subscribe(
            B,
            m -> {
              Patience.await(waits);
              if (m.payload() == 1) {
                shared.publishAndAwait(A, 0, LONG);
              }
            },
            s -> s.named("second").capacity(2, WhenFull.BLOCK));
        shared.subscribe(
            A,
            m -> {
              for (int i = 0; i < m.payload(); i++) {
                shared.publish(B, i);
              }
            },
            s -> s.named("first"));
        Delivery first = shared.publish(A, 4);
        assertThat(first.await(LONG)).isTrue();
        Patience.await(looked);
        shared.publishAndAwait(B, 9, LONG);
      }
    }
    assertThat(log.messages()).isEmpty();
  }

  private static boolean isIn(String subscription) {
    Handling here = Handling.current();
    return here != null && here.subscription().name().equals(subscription);
  }

  private static void hold(CountDownLatch latch) {
    try {
      latch.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void threeHandlers_oneBehindTheOther_areAllInTheCircle() throws Exception {
    bus.subscribe(A, m -> next(m, B), s -> s.named("one"));
    bus.subscribe(B, m -> next(m, C), s -> s.named("two"));
    bus.subscribe(C, m -> next(m, A), s -> s.named("three"));
    assertThat(bus.publish(A, 3).await(LONG)).isTrue();
    assertOneCircle(3);
    assertThat(circles.element()).anyMatch(line -> line.startsWith("\"three\""));
  }

  private void next(Message<Integer> message, Topic<Integer> next) throws InterruptedException {
    if (message.payload() > 0) {
      publishAndAwait(next, message.payload() - 1);
    }
  }

  @Test
  void concurrentHandlers_areStuckWhenAllOfThemAre() throws Exception {
    bus.subscribe(A, m -> next(m, A), s -> s.named("wide").concurrent(3));
    assertThat(bus.publish(A, 2).await(LONG)).isTrue(); // 2 waits for 1, which waits for 0
    assertThat(circles).isEmpty();
    assertThat(bus.publish(A, 3).await(LONG)).isTrue();
    assertOneCircle(2, 3); // the last waits for any of the others, and goes by who waited first
  }

  @Test
  void keyedHandlers_areStuckForTheirOwnKey() throws Exception {
    bus.subscribe(
        A,
        m -> {
          if (m.payload() == 2 || m.payload() == 1) {
            publishAndAwait(A, m.payload() == 2 ? 4 : 3); // an even key, or an odd one
          }
        },
        s -> s.named("keyed").orderedBy(m -> m.payload() % 2, 8));
    assertThat(bus.publish(A, 2).await(LONG)).isTrue();
    assertOneCircle(1);
  }

  @Test
  void directHandler_betweenTheTwo_isSeenThrough() throws Exception {
    bus.subscribe(A, m -> bus.publish(B, m.payload()), s -> s.named("outer"));
    bus.subscribe(B, m -> next(m, A), s -> s.named("inner").direct());
    assertThat(bus.publish(A, 1).await(LONG)).isTrue();
    assertOneCircle(1);
    assertThat(circles.element().getFirst()).startsWith("\"inner\"");
  }

  @Test
  void handler_thatWaitsForRoomInItsOwnQueue_isRefused() throws Exception {
    var outcomes = new ConcurrentLinkedQueue<Outcome>();
    bus.subscribe(
        A,
        m -> {
          for (int i = 0; i < m.payload(); i++) {
            outcomes.addAll(bus.publish(A, 0).outcomes());
          }
        },
        s -> s.named("narrow").capacity(2, WhenFull.BLOCK));
    assertThat(bus.publish(A, 3).await(LONG)).isTrue();
    assertThat(circles).hasSize(1);
    assertThat(circles.element().getFirst()).endsWith("waits for room at \"narrow\", capacity=2");
    assertThat(outcomes)
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.reason()).contains("must not wait for each other"));
  }

  @Test
  void requests_inACircle_areFound() throws Exception {
    bus.respond(A, m -> m.payload() == 0 ? 0 : ask(B, m.payload() - 1), s -> s.named("left"));
    bus.respond(B, m -> m.payload() == 0 ? 0 : ask(A, m.payload() - 1), s -> s.named("right"));
    Promise<Integer> answer = bus.request(A, 2, Integer.class, LONG);
    assertThatThrownBy(answer::await).isInstanceOf(PoisonedException.class);
    assertThat(circles).hasSize(1);
    assertThat(circles.element()).hasSize(2);
    assertThat(circles.element()).anyMatch(line -> line.endsWith("waits for an answer from a"));
  }

  private int ask(Topic<Integer> topic, int payload) throws InterruptedException {
    return bus.request(topic, payload, Integer.class, LONG).await();
  }

  @Test
  void request_thatAnotherCanAnswer_isNone() throws Exception {
    bus.respond(A, m -> m.payload() == 0 ? 0 : ask(A, m.payload() - 1), s -> s.named("busy"));
    bus.respond(A, m -> m.payload(), s -> s.named("free").filter(m -> m.payload() == 0));
    assertThat(bus.request(A, 1, Integer.class, LONG).await()).isZero();
    assertThat(circles).isEmpty();
  }

  @Test
  void handler_thatWasGivenUp_holdsUpNobody() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withGrace(Duration.ofMillis(20)));
        Bus impatient = Bus.open(scheduler, c -> c.withCycles(CyclePolicy.OFF, 64, 8))) {
      var found = new ConcurrentLinkedQueue<BusNotice>();
      impatient.subscribe(
          TopicPattern.of("$bus.deadlock.detected"),
          BusNotice.class,
          m -> found.add(m.payload()),
          SubscriptionOptions::direct);
      Subscription stubborn =
          impatient.subscribe(
              B,
              m -> {
                if (m.payload() == 0) {
                  awaitStubbornly(impatient.publish(A, 0));
                }
              },
              s -> s.timeout(Duration.ofMillis(20)));
      impatient.subscribe(
          A,
          _ -> {
            Patience.until("it is given up", () -> stubborn.stats().timedOut() == 1);
            assertThat(impatient.publishAndAwait(B, 1, LONG).isDone()).isTrue();
          });
      impatient.publish(B, 0);
      Patience.until("the next is handled", () -> stubborn.stats().handled() == 1);
      assertThat(found).isEmpty();
    }
  }

  private static void awaitStubbornly(Delivery delivery) {
    while (!delivery.isDone()) {
      try {
        delivery.await(LONG);
      } catch (InterruptedException e) {
        Thread.onSpinWait(); // it does not mean me
      }
    }
  }

  @Test
  void chains_andCrowdsOfWaits_areNone() throws Exception {
    var handled = new AtomicInteger();
    bus.subscribe(A, m -> next(m, B), s -> s.named("one").concurrent(16));
    bus.subscribe(B, m -> next(m, C), s -> s.named("two").concurrent(4));
    bus.subscribe(C, _ -> handled.incrementAndGet(), s -> s.named("three"));
    var deliveries = new ArrayList<Event>();
    for (int i = 0; i < 200; i++) {
      deliveries.add(bus.publish(A, 2).event());
    }
    assertThat(bus.events().merge(deliveries).await(LONG)).isTrue();
    assertThat(handled).hasValue(200);
    assertThat(circles).isEmpty();
  }
}
