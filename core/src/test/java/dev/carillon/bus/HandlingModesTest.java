package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many messages a handler has at once, and on which thread. */
class HandlingModesTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);
  private static final int COUNT = 200;

  private final Bus bus = Bus.open();
  private final Queue<Integer> heard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  @AfterEach
  void close() {
    bus.close();
  }

  private void handle(Message<Integer> message) {
    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    heard.add(message.payload());
    Thread.yield();
    atOnce.decrementAndGet();
  }

  private void publishAll() throws Exception {
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    for (Delivery each : deliveries) {
      assertThat(each.await(Patience.LONG)).isTrue();
    }
  }

  @Test
  @Covers("C15")
  void oneByOne_byDefault_neverTwoAtOnceAndInOrder() throws Exception {
    bus.subscribe(NUMBERS, this::handle);
    publishAll();
    assertThat(most).hasValue(1);
    assertThat(List.copyOf(heard)).hasSize(COUNT).isSorted();
  }

  @Test
  @Covers("C15")
  void inParallel_asManyAsSaidMeet() throws Exception {
    int parties = 4;
    var barrier = new CyclicBarrier(parties); // opens only if so many are there
    bus.subscribe(
        NUMBERS,
        m -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          barrier.await(Patience.LONG.toSeconds(), TimeUnit.SECONDS);
          atOnce.decrementAndGet();
          heard.add(m.payload());
        },
        s -> s.concurrent(parties));
    publishAll();
    assertThat(most).hasValue(parties);
    assertThat(heard).hasSize(COUNT).doesNotHaveDuplicates();
  }

  @Test
  @Covers("W4")
  void worker_withAQueue_handlesWhatManyPublishAndAwait() {
    Set<String> threads = ConcurrentHashMap.newKeySet();
    try (var worker =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("worker").factory())) {
      Subscription subscription =
          bus.subscribe(
              NUMBERS,
              m -> {
                threads.add(Thread.currentThread().getName());
                handle(m);
              },
              s -> s.on(worker).capacity(16, WhenFull.BLOCK));
      try (var publishers = new Workers()) {
        for (int i = 0; i < 4; i++) {
          int first = i * COUNT;
          publishers.start(
              i % 2 == 0 ? Workers.Kind.PLATFORM : Workers.Kind.VIRTUAL,
              "publisher " + i,
              () -> publishAndAwait(first));
        }
      }
      assertThat(subscription.stats().handled()).isEqualTo(4 * COUNT);
      subscription.close();
    }
    assertThat(threads).containsExactly("worker");
    assertThat(most).as("at once").hasValue(1);
    assertThat(heard).hasSize(4 * COUNT).doesNotHaveDuplicates();
  }

  private void publishAndAwait(int first) throws InterruptedException {
    for (int i = first; i < first + COUNT; i++) {
      Delivery delivery = bus.publishAndAwait(NUMBERS, i, Patience.LONG);
      assertThat(delivery.isDone()).isTrue();
      assertThat(heard).as("handled before it returned").contains(i);
    }
  }

  @Test
  @Covers("W4")
  void worker_queueIsFull_thePublisherIsTold() throws Exception {
    try (var worker = Executors.newSingleThreadExecutor()) {
      Subscription subscription =
          bus.subscribe(NUMBERS, this::handle, s -> s.on(worker).capacity(4, WhenFull.REJECT));
      subscription.pause();
      List<Delivery> deliveries = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        deliveries.add(bus.publish(NUMBERS, i));
      }
      subscription.resume();
      Patience.until("all are over", () -> deliveries.stream().allMatch(Delivery::isDone));
      long refused =
          deliveries.stream()
              .filter(each -> each.outcomes().getFirst() instanceof Outcome.Refused)
              .count();
      assertThat(refused).isEqualTo(6);
      assertThat(List.copyOf(heard)).containsExactly(0, 1, 2, 3);
      subscription.close();
    }
  }

  @Test
  void handler_thatIsAbandonedWhileTheSchedulerIsFull_timesOut() throws Exception {
    var held = new CountDownLatch(1);
    try (Scheduler scheduler =
            Scheduler.open(c -> c.withCapacity(1).withGrace(Duration.ofMillis(10)));
        Bus full = Bus.open(scheduler, c -> c)) {
      scheduler.submit(held::await);
      full.subscribe(
          NUMBERS, m -> awaitUninterruptibly(held), s -> s.timeout(Duration.ofMillis(10)));
      Delivery delivery = full.publish(NUMBERS, 1);
      Patience.until("it is settled", delivery::isDone);
      assertThat(delivery.outcomes()).hasOnlyElementsOfType(Outcome.TimedOut.class);
      held.countDown();
    }
  }

  @Test
  void handlersAtOnce_oneIsAbandoned_itsDeadLetterIsNotHeardOnTheTimersThread() throws Exception {
    var held = new CountDownLatch(1);
    var threads = new ConcurrentLinkedQueue<Thread>();
    try (Scheduler scheduler = Scheduler.open(c -> c.withGrace(Duration.ofMillis(10)));
        Bus mine = Bus.open(scheduler, c -> c)) {
      mine.subscribe(
          TopicPattern.of("$dead.>"),
          DeadLetter.class,
          m -> threads.add(Thread.currentThread()),
          s -> s.direct());
      mine.subscribe(
          NUMBERS,
          m -> awaitUninterruptibly(held),
          s -> s.concurrent(2).timeout(Duration.ofMillis(10)).onError(e -> e.deadLetter()));
      Delivery delivery = mine.publish(NUMBERS, 1);
      Patience.until("it is settled", delivery::isDone);
      held.countDown();
      assertThat(threads).singleElement().matches(Thread::isVirtual);
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      LockSupport.parkNanos(100_000);
      boolean _ = Thread.interrupted();
    }
  }
}
