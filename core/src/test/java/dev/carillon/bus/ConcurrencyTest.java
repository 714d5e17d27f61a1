package dev.carillon.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Scheduler;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages of one subscription that are handled at once. */
class ConcurrencyTest {
  private static final Topic<Integer> NUMBERS = Topic.of("numbers", Integer.class);

  private final CapturedLog log = new CapturedLog("dev.carillon.bus");
  private final Bus bus = Bus.open();

  @AfterEach
  void close() {
    bus.close();
    log.close();
  }

  private static void meet(CyclicBarrier barrier) throws Exception {
    barrier.await(Patience.LONG.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void concurrent_runsSoManyAtOnceAndNotMore() throws Exception {
    int most = 4;
    var barrier = new CyclicBarrier(most); // opens only if so many are there
    var atOnce = new AtomicInteger();
    var highest = new AtomicInteger();
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            _ -> {
              highest.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
              meet(barrier);
              atOnce.decrementAndGet();
            },
            s -> s.concurrent(most));
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 25 * most; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    for (Delivery each : deliveries) {
      assertThat(each.await(Patience.LONG)).isTrue();
      assertThat(each.outcomes()).containsExactly(new Outcome.Handled(subscription.name()));
    }
    assertThat(highest).hasValue(most);
  }

  @Test
  void concurrent_onAnExecutor_runsThere() throws Exception {
    var barrier = new CyclicBarrier(2);
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    try (var executor =
        Executors.newFixedThreadPool(2, Thread.ofPlatform().name("mine-", 0).factory())) {
      bus.subscribe(
          NUMBERS,
          _ -> {
            threads.add(Thread.currentThread().getName());
            meet(barrier);
          },
          s -> s.concurrent(2).on(executor));
      Delivery first = bus.publish(NUMBERS, 1);
      Delivery second = bus.publish(NUMBERS, 2);
      assertThat(first.await(Patience.LONG)).isTrue();
      assertThat(second.await(Patience.LONG)).isTrue();
    }
    assertThat(threads).hasSize(2).allMatch(name -> name.startsWith("mine-"));
  }

  @Test
  void orderedBy_keepsTheOrderOfEachKeyWhileKeysOverlap() throws Exception {
    int keys = 3;
    var barrier = new CyclicBarrier(keys); // opens only if all keys are handled at once
    Map<Integer, Queue<Integer>> heard = new ConcurrentHashMap<>();
    Map<Integer, AtomicInteger> atOnce = new ConcurrentHashMap<>();
    bus.subscribe(
        NUMBERS,
        m -> {
          int key = m.payload() % keys;
          AtomicInteger own = atOnce.computeIfAbsent(key, _ -> new AtomicInteger());
          assertThat(own.incrementAndGet()).isEqualTo(1);
          heard.computeIfAbsent(key, _ -> new ConcurrentLinkedQueue<>()).add(m.payload());
          meet(barrier);
          own.decrementAndGet();
        },
        s -> s.orderedBy(m -> m.payload() % keys, keys).onError(OnError::propagate));
    List<Delivery> deliveries = new ArrayList<>();
    for (int i = 0; i < 40 * keys; i++) {
      deliveries.add(bus.publish(NUMBERS, i));
    }
    for (Delivery each : deliveries) {
      assertThat(each.await(Patience.LONG)).isTrue();
    }
    assertThat(heard).hasSize(keys);
    heard.values().forEach(each -> assertThat(List.copyOf(each)).hasSize(40).isSorted());
  }

  @Test
  void orderedBy_sameKeyOfTwoSubscriptions_isTwoKeys() throws Exception {
    var barrier = new CyclicBarrier(2);
    for (int i = 0; i < 2; i++) {
      bus.subscribe(
          NUMBERS, _ -> meet(barrier), s -> s.orderedBy(_ -> "key", 2).onError(OnError::propagate));
    }
    assertThat(bus.publish(NUMBERS, 1).await(Patience.LONG)).isTrue();
  }

  @Test
  void orderedBy_keyThatIsNullOrThrows_failsThatMessageOnly() throws Exception {
    var failure = new IllegalStateException("key");
    var error = new AssertionError("key");
    Subscription subscription =
        bus.subscribe(
            NUMBERS,
            _ -> {},
            s ->
                s.orderedBy(
                        m ->
                            switch ((int) m.payload()) {
                              case 0 -> null;
                              case 1 -> throw failure;
                              case 2 -> throw error;
                              default -> "key";
                            },
                        1)
                    .named("keys"));
    assertThat(bus.publishAndAwait(NUMBERS, 0, Patience.LONG).outcomes())
        .singleElement()
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.cause()).hasMessageContaining("must have a key"));
    assertThat(bus.publishAndAwait(NUMBERS, 1, Patience.LONG).outcomes())
        .containsExactly(new Outcome.Failed("keys", failure, false));
    assertThat(bus.publishAndAwait(NUMBERS, 2, Patience.LONG).outcomes())
        .containsExactly(new Outcome.Failed("keys", error, false));
    assertThat(bus.publishAndAwait(NUMBERS, 3, Patience.LONG).outcomes())
        .containsExactly(new Outcome.Handled("keys"));
    assertThat(subscription.stats().failed()).isEqualTo(3);
  }

  @Test
  void executor_thatRefusesOrFails_refusesTheMessage() throws Exception {
    for (int concurrency = 1; concurrency <= 2; concurrency++) {
      for (RuntimeException refusal :
          List.of(new RejectedExecutionException("full"), new IllegalStateException("full"))) {
        int most = concurrency;
        try (Subscription subscription =
            bus.subscribe(
                NUMBERS,
                _ -> {},
                s ->
                    s.named("refused")
                        .concurrent(most)
                        .on(_ -> {
                          throw refusal;
                        }))) {
          Delivery delivery = bus.publish(NUMBERS, 1);
          Patience.until("it is refused", delivery::isDone);
          assertThat(delivery.outcomes())
              .containsExactly(new Outcome.Refused("refused", "the executor refused: full", true));
          assertThat(subscription.stats().refused()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void executor_ofTheUser_handlesInOrderAndInItsThreads() throws Exception {
    Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    try (var executor =
        Executors.newFixedThreadPool(3, Thread.ofPlatform().name("mine-", 0).factory())) {
      bus.subscribe(
          NUMBERS,
          m -> {
            heard.add(m.payload());
            threads.add(Thread.currentThread().getName());
          },
          s -> s.on(executor));
      Delivery last = bus.publish(NUMBERS, 0);
      for (int i = 1; i < 200; i++) {
        last = bus.publish(NUMBERS, i);
      }
      assertThat(last.await(Patience.LONG)).isTrue();
    }
    assertThat(List.copyOf(heard)).hasSize(200).isSorted();
    assertThat(threads).allMatch(name -> name.startsWith("mine-"));
  }

  @Test
  void timeout_ofOneAmongMany_isTimedOutAndOthersGoOn() throws Exception {
    var clock = new ManualClock();
    var begun = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    Duration limit = Duration.ofSeconds(5);
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        var timed = Bus.open(scheduler, c -> c)) {
      Subscription subscription =
          timed.subscribe(
              NUMBERS,
              m -> {
                if (m.payload() == 0) {
                  begun.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                }
              },
              s -> s.named("timed").concurrent(2).timeout(limit));
      Delivery stuck = timed.publish(NUMBERS, 0);
      Patience.await(begun);
      Delivery other = timed.publish(NUMBERS, 1);
      Patience.until("the other is handled", other::isDone);
      assertThat(other.outcomes()).containsExactly(new Outcome.Handled("timed"));
      clock.advance(limit);
      Patience.await(interrupted);
      Patience.until("it is over", stuck::isDone);
      assertThat(stuck.outcomes()).containsExactly(new Outcome.TimedOut("timed", limit));
      assertThat(subscription.stats().timedOut()).isEqualTo(1);
      assertThat(subscription.stats().failed()).isEqualTo(1);
      assertThat(log.thrown()).hasSize(1).hasOnlyElementsOfType(HandlerTimeoutException.class);
    }
  }

  @Test
  void timeout_onAnExecutor_interruptsTheHandlerThere() throws Exception {
    var clock = new ManualClock();
    var begun = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    Duration limit = Duration.ofSeconds(5);
    try (var executor = Executors.newSingleThreadExecutor();
        var scheduler = Scheduler.open(c -> c.withClock(clock));
        var timed = Bus.open(scheduler, c -> c)) {
      timed.subscribe(
          NUMBERS,
          _ -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
          },
          s -> s.named("timed").concurrent(2).timeout(limit).on(executor));
      Delivery first = timed.publish(NUMBERS, 0);
      Patience.await(begun);
      clock.advance(limit);
      Patience.await(interrupted);
      Patience.until("it is over", first::isDone);
      assertThat(first.outcomes()).containsExactly(new Outcome.TimedOut("timed", limit));
    }
  }

  @Test
  void timeout_beforeTheExecutorBegins_isTimedOutAndTheHandlerNeverCalled() throws Exception {
    var clock = new ManualClock();
    var calls = new AtomicInteger();
    Queue<Runnable> queued = new ConcurrentLinkedQueue<>();
    Duration limit = Duration.ofSeconds(5);
    try (var scheduler = Scheduler.open(c -> c.withClock(clock));
        var timed = Bus.open(scheduler, c -> c)) {
      timed.subscribe(
          NUMBERS,
          _ -> calls.incrementAndGet(),
          s -> s.named("timed").concurrent(2).timeout(limit).on(queued::add));
      Delivery delivery = timed.publish(NUMBERS, 0);
      Patience.until("the executor has it", () -> queued.size() == 1);
      clock.advance(limit);
      Patience.until("it is over", delivery::isDone);
      assertThat(delivery.outcomes()).containsExactly(new Outcome.TimedOut("timed", limit));
      queued.forEach(Runnable::run);
      assertThat(calls).hasValue(0);
    }
  }

  @Test
  void scheduler_closedWhileMessagesWait_noneIsCalledTimedOut() throws Exception {
    var begun = new CountDownLatch(1);
    Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
    Subscription subscription;
    var scheduler = Scheduler.open();
    try (var orphan = Bus.open(scheduler, c -> c)) {
      subscription =
          orphan.subscribe(
              NUMBERS,
              _ -> {
                begun.countDown();
                new CountDownLatch(1).await();
              },
              s -> s.concurrent(2));
      for (int i = 0; i < 2; i++) {
        deliveries.add(orphan.publish(NUMBERS, i));
      }
      Patience.await(begun);
      scheduler.close();
      Patience.until("both are over", () -> deliveries.stream().allMatch(Delivery::isDone));
    }
    assertThat(subscription.stats().timedOut()).isZero();
  }
}
