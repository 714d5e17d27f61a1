package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jol.info.ClassLayout;

/** Lanes under real threads. */
class LaneThreadsTest {

  /** An item: who offered it, and as its how-manieth. */
  private record Item(int producer, int number) {}

  @TestFactory
  Stream<DynamicTest> producersAtOnce_eachItemOnceInItsProducersOrder() {
    return Property.check("each item once, in order", 30, LaneThreadsTest::produce);
  }

  private static void produce(Gen gen) throws Exception {
    int producers = gen.intBetween(1, 4);
    int each = gen.intBetween(1, 3_000);
    int capacity = gen.intBetween(2, 100);
    int count = gen.intBetween(1, 50);
    Duration linger = Duration.ofMillis(gen.chance(0.7) ? 0 : 1);
    Placement placement = gen.oneOf(Placement.CPU, Placement.BLOCKING);
    int[] next = new int[producers]; // only the handler
    var atOnce = new AtomicInteger();
    try (var scheduler = Scheduler.open();
        var workers = new Workers()) {
      Lane<Item> lane =
          scheduler.lane(
              c -> c.withCapacity(capacity).batches(count, linger).on(placement),
              batch -> {
                assertThat(atOnce.incrementAndGet()).isEqualTo(1);
                assertThat(batch).isNotEmpty().hasSizeLessThanOrEqualTo(count);
                for (Item item : batch) {
                  assertThat(item.number()).isEqualTo(next[item.producer()]++);
                }
                atOnce.decrementAndGet();
              });
      for (int p = 0; p < producers; p++) {
        int producer = p;
        workers.start(() -> {
          for (int i = 0; i < each; i++) {
            assertThat(lane.put(new Item(producer, i))).isEqualTo(Offer.ACCEPTED);
          }
        });
      }
      workers.join();
      assertThat(lane.handled().await(Patience.LONG)).isTrue();
      assertThat(lane.stats().failed()).isZero();
      assertThat(lane.stats().handled()).isEqualTo((long) producers * each);
      assertThat(next).containsOnly(each);
    }
  }

  @Test
  void put_whenFull_goesOnWhenThereIsRoom() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        var workers = new Workers()) {
      Lane<Integer> lane =
          scheduler.lane(
              c -> c.withCapacity(2).batches(1, Duration.ZERO),
              batch -> {
                begun.countDown();
                gate.await();
              });
      assertThat(lane.offer(0)).isEqualTo(Offer.ACCEPTED);
      Patience.await(begun);
      assertThat(lane.offer(1)).isEqualTo(Offer.ACCEPTED);
      assertThat(lane.offer(2)).isEqualTo(Offer.ACCEPTED);
      assertThat(lane.offer(3)).isEqualTo(Offer.FULL);
      List<Offer> put = new ArrayList<>();
      workers.start(() -> put.add(lane.put(3)));
      Patience.until(
          "it waits for room",
          () -> scheduler.events().waitGraph().toString().contains("room in lane"));
      gate.countDown();
      workers.join();
      assertThat(put).containsExactly(Offer.ACCEPTED);
      assertThat(lane.handled().await(Patience.LONG)).isTrue();
    }
  }

  @Test
  void put_whenClosedMeanwhile_isTold() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1));
        var workers = new Workers()) {
      Lane<Integer> lane =
          scheduler.lane(
              c -> c.withCapacity(2).batches(1, Duration.ZERO),
              batch -> {
                begun.countDown();
                gate.await();
              });
      lane.offer(0);
      Patience.await(begun);
      lane.offer(1);
      lane.offer(2);
      List<Offer> put = new ArrayList<>();
      workers.start(() -> put.add(lane.put(3)));
      Patience.until(
          "it waits for room",
          () -> scheduler.events().waitGraph().toString().contains("room in lane"));
      lane.close();
      workers.join();
      assertThat(put).containsExactly(Offer.CLOSED);
      gate.countDown();
    }
  }

  @Test
  void schedulerCloses_whatWasAcceptedIsHandled() {
    var handled = new AtomicInteger();
    Lane<Integer> lane;
    try (var scheduler = Scheduler.open()) {
      lane = scheduler.lane(c -> c.withCapacity(1 << 14), batch -> handled.addAndGet(batch.size()));
      for (int i = 0; i < 10_000; i++) {
        lane.offer(i);
      }
    }
    assertThat(handled).hasValue(10_000);
    assertThat(lane.offer(1)).isEqualTo(Offer.CLOSED);
    assertThat(lane.stats().discarded()).isZero();
  }

  @Test
  void schedulerCloses_aHandlerHangs_theRestIsCountedAndWhoWaitsIsTold() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var scheduler = Scheduler.open(c -> c.withCpuThreads(1).withGrace(Duration.ofMillis(20)));
    Lane<Integer> lane =
        scheduler.lane(
            c -> c.batches(1, Duration.ZERO),
            batch -> {
              begun.countDown();
              gate.await();
            });
    lane.offer(1);
    lane.offer(2);
    Patience.await(begun);
    var all = lane.handled();
    scheduler.close();
    assertThat(all.status()).isEqualTo(EventStatus.POISONED);
    assertThat(lane.stats().discarded()).isEqualTo(1);
    gate.countDown();
  }

  @Test
  void schedulerCloses_whatIsNotHandled_isToldToTheListener() throws Exception {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var discarded = new ConcurrentLinkedQueue<Integer>();
    var telling =
        new LaneListener<Integer>() {
          @Override
          public void discarded(Integer item) {
            discarded.add(item);
          }
        };
    var scheduler = Scheduler.open(c -> c.withCpuThreads(1).withGrace(Duration.ofMillis(20)));
    Lane<Integer> hanging =
        scheduler.lane(
            c -> c.batches(1, Duration.ZERO).withListener(telling),
            batch -> {
              begun.countDown();
              gate.await();
            });
    Lane<Integer> held = scheduler.lane(c -> c.withListener(telling), _ -> {});
    hanging.offer(1);
    Patience.await(begun);
    hanging.offer(2);
    held.pause();
    held.offer(3);
    var room = held.room();
    scheduler.close();
    assertThat(room.status()).isNotEqualTo(EventStatus.PENDING);
    gate.countDown();
    Patience.until("each is settled", () -> discarded.contains(2) && discarded.contains(3));
    assertThat(discarded).doesNotContain(1);
    assertThat(hanging.stats().queued()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> producersAtOnce_oldestDropped_eachItemOnceHandledOrDropped() {
    return Property.check("each item once", 20, LaneThreadsTest::produceTooMuch);
  }

  private static void produceTooMuch(Gen gen) throws Exception {
    int producers = gen.intBetween(1, 4);
    int each = gen.intBetween(1, 2_000);
    int capacity = gen.intBetween(1, 20);
    int count = gen.intBetween(1, 10);
    boolean latest = gen.chance(0.5);
    boolean timed = gen.chance(0.5);
    var dropped = new AtomicInteger();
    var listener =
        new LaneListener<Item>() {
          @Override
          public void dropped(Item item) {
            dropped.incrementAndGet();
          }
        };
    LaneOverflow<Item> overflow =
        latest ? LaneOverflow.latest(Item::producer) : LaneOverflow.dropOldest();
    int[] last = new int[producers]; // only the handler
    try (var scheduler = Scheduler.open();
        var workers = new Workers()) {
      Lane<Item> lane =
          scheduler.lane(
              c -> {
                LaneConfig<Item> config =
                    c.withCapacity(capacity)
                        .batches(count, Duration.ZERO)
                        .withOverflow(overflow)
                        .withListener(listener);
                return timed ? config.withTimeout(Duration.ofMinutes(10)) : config;
              },
              batch -> {
                for (Item item : batch) {
                  assertThat(item.number()).isGreaterThan(last[item.producer()]);
                  last[item.producer()] = item.number();
                }
              });
      for (int p = 0; p < producers; p++) {
        int producer = p;
        workers.start(() -> {
          for (int i = 1; i <= each; i++) {
            assertThat(lane.offer(new Item(producer, i))).isEqualTo(Offer.ACCEPTED);
            assertThat(lane.stats().queued()).isLessThanOrEqualTo(capacity);
            if (i % 100 == 0) {
              lane.pause();
              lane.resume();
            }
          }
        });
      }
      workers.join();
      assertThat(lane.handled().await(Patience.LONG)).isTrue();
      LaneStats stats = lane.stats();
      assertThat(stats.failed()).isZero();
      assertThat(stats.accepted()).isEqualTo((long) producers * each);
      assertThat(stats.handled() + stats.dropped()).isEqualTo(stats.accepted());
      assertThat(dropped).hasValue((int) stats.dropped());
    }
  }

  @Test
  void handler_abandoned_laneGoesOnOnAnotherThreadAndItsReturnChangesNothing() throws Exception {
    var clock = new ManualClock();
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var second = new CountDownLatch(1);
    var secondGate = new CountDownLatch(1);
    List<Thread> threads = new CopyOnWriteArrayList<>();
    try (var log = new CapturedLog("dev.carillon.schedule");
        var scheduler = Scheduler.open(c -> c.withClock(clock).withCpuThreads(1))) {
      Lane<Integer> lane =
          scheduler.lane(
              c -> c.batches(1, Duration.ZERO).withTimeout(Duration.ofSeconds(2)),
              batch -> {
                threads.add(Thread.currentThread());
                if (batch.contains(1)) {
                  begun.countDown();
                  waitStubbornly(gate);
                  throw new IllegalStateException("too late");
                }
                if (batch.contains(2)) {
                  second.countDown();
                  secondGate.await();
                }
              });
      lane.offer(1);
      lane.offer(2);
      Patience.await(begun);
      Event first = lane.handled();
      clock.advance(Duration.ofSeconds(2));
      assertThat(lane.stats().abandoned()).isZero();
      clock.advance(scheduler.config().grace());
      assertThat(lane.stats().abandoned()).isEqualTo(1);
      Patience.await(second);
      assertThat(threads).hasSize(2).doesNotHaveDuplicates();
      gate.countDown();
      Patience.until("its thread has left", () -> log.messages().size() == 2);
      assertThat(first.status()).isEqualTo(EventStatus.PENDING);
      assertThat(lane.stats().handled()).isEqualTo(1);
      secondGate.countDown();
      assertThat(first.await(Patience.LONG)).isTrue();
      Patience.until("all are back", () -> scheduler.stats().running().get("cpu") == 0);
      lane.offer(3);
      assertThat(lane.handled().await(Patience.LONG)).isTrue();
      LaneStats stats = lane.stats();
      assertThat(stats.handled()).isEqualTo(3);
      assertThat(stats.batches()).isEqualTo(3);
      assertThat(stats.abandoned()).isEqualTo(1);
      assertThat(stats.failed()).isZero();
      assertThat(stats.timedOut()).isZero();
      assertThat(log.thrown().get(1)).hasMessage("too late");
    }
  }

  private static void waitStubbornly(CountDownLatch gate) {
    boolean open = false;
    while (!open) {
      try {
        gate.await();
        open = true;
      } catch (InterruptedException e) {
        open = false; // takes no notice
      }
    }
  }

  @Test
  void ring_layout_keepsProducersAndConsumerApart() {
    var layout = ClassLayout.parseClass(Ring.class);
    long tail = offset(layout, "tail");
    long head = offset(layout, "head");
    assertThat(tail).isGreaterThanOrEqualTo(128);
    assertThat(head - tail).isGreaterThanOrEqualTo(128);
  }

  private static long offset(ClassLayout layout, String field) {
    return layout.fields().stream()
        .filter(f -> f.name().equals(field))
        .findFirst()
        .orElseThrow()
        .offset();
  }
}
