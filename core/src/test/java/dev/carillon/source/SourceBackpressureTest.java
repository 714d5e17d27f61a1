package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.bus.WhenFull;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Slow handlers slow a source down, and never the heap up. */
class SourceBackpressureTest {
  private static final Topic<byte[]> BLOBS = Topic.of("test.blobs", byte[].class);

  /** {@return a kind that reads 64 KiB at a time, and counts how often} */
  private static SourceKind<byte[]> blobs(AtomicInteger read, int most) {
    return intake -> {
      intake.ready();
      for (int i = 0; i < most; i++) {
        read.incrementAndGet();
        intake.emit(intake.item(new byte[1 << 16]));
      }
    };
  }

  @Test
  @Covers({"C14", "C38"})
  void emit_whileASubscriptionIsBlocked_stopsAtTheWindow_andGoesOnAfter() throws Exception {
    var read = new AtomicInteger();
    var go = new CountDownLatch(1);
    var heard = new AtomicInteger();
    try (var bus = Bus.open();
        var source =
            Source.open(blobs(read, 10_000), Outlet.to(bus, BLOBS), s -> s.withWindow(16))) {
      bus.subscribe(
          BLOBS,
          _ -> {
            go.await();
            heard.incrementAndGet();
          });
      source.start();
      Patience.until("it waits", () -> source.stats().waits() == 1);
      assertThat(source.stats().underWay()).isEqualTo(16);
      assertThat(source.stats().taken()).isEqualTo(16);
      assertThat(read).hasValue(17); // one more was read, and not taken in
      assertThat(source.explain()).contains("under way: 16 of 16: full");
      go.countDown();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(heard).hasValue(10_000); // 625 MiB, of which 1 MiB was held
      assertThat(source.stats().waited()).isPositive();
    }
  }

  @Test
  @Covers({"C14"})
  void emit_whileALaneIsFull_waitsForIt() throws Exception {
    var read = new AtomicInteger();
    var go = new CountDownLatch(1);
    try (var bus = Bus.open();
        var source = Source.open(blobs(read, 50), Outlet.to(bus, BLOBS))) {
      bus.subscribe(BLOBS, _ -> go.await(), s -> s.capacity(4, WhenFull.BLOCK));
      source.start();
      Patience.until("it waits", () -> read.get() >= 5);
      assertThat(read.get()).isLessThan(20);
      assertThat(source.stats().settled()).isZero();
      go.countDown();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(source.stats().settled()).isEqualTo(50);
    }
  }

  @Test
  void items_aMillionOfThem_leaveTheHeapFlat() throws Exception {
    SourceKind<Integer> kind = Kinds.counter(1_000_000);
    var used = new AtomicReference<>(0L);
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>direct(item -> {
              if (item.payload() == 100_000) {
                used.set(usedAfterCollection());
              }
            }))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(source.position()).contains("1000000");
      assertThat(usedAfterCollection() - used.get()).isLessThan(8 << 20);
    }
  }

  private static long usedAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void positions_behindAnItemThatTakesLong_waitForIt_andTheOthersGoOn() throws Exception {
    var go = new CountDownLatch(1);
    Outlet<Integer> outlet =
        Outlet.concurrent(
            8,
            item -> {
              if (item.payload() == 1) {
                go.await();
              }
            });
    try (var source = Source.open(Kinds.counter(5_000), outlet, s -> s.withWindow(10))) {
      source.start();
      Patience.until("the others are done", () -> source.stats().settled() == 4_999);
      assertThat(source.position()).isEmpty();
      go.countDown();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(source.position()).contains("5000");
    }
  }

  @Test
  void window_ofOne_handlesOneItemAtATime() throws Exception {
    var inside = new AtomicInteger();
    var together = new AtomicInteger();
    Outlet<Integer> outlet =
        Outlet.concurrent(
            8,
            _ -> {
              if (inside.incrementAndGet() > 1) {
                together.incrementAndGet();
              }
              inside.decrementAndGet();
            });
    try (var source = Source.open(Kinds.counter(2_000), outlet, s -> s.withWindow(1))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(together).hasValue(0);
      assertThat(source.stats().settled()).isEqualTo(2_000);
    }
  }

  @Test
  void offer_withoutRoom_isFalse_andOnRoomTellsWhenToTryAgain() throws Exception {
    var answers = new ConcurrentLinkedQueue<Boolean>();
    var go = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          for (int i = 1; i <= 3; i++) {
            answers.add(intake.offer(intake.item(i), SettledListener.NONE));
          }
          var room = new CountDownLatch(1);
          intake.onRoom(room::countDown);
          assertThat(intake.hasRoom()).isFalse();
          go.countDown();
          room.await();
          answers.add(intake.offer(intake.item(4), SettledListener.NONE));
        };
    try (var source =
        Source.open(kind, Outlet.<Integer>handler(_ -> go.await()), s -> s.withWindow(2))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(answers).containsExactly(true, true, false, true);
    }
  }

  @Test
  void onRoom_byAThreadThatOffersAllTheTime_isNeverLost() throws Exception {
    int last = 5_000;
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          var wake = new Semaphore(0);
          for (int i = 1; i <= last; ) {
            if (intake.offer(intake.item(i), SettledListener.NONE)) {
              i++;
            } else {
              intake.onRoom(wake::release);
              wake.acquire();
              wake.drainPermits();
            }
          }
        };
    for (int window : List.of(1, 3)) {
      try (var source =
          Source.open(kind, Outlet.<Integer>concurrent(2, _ -> {}), s -> s.withWindow(window))) {
        source.start();
        Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
        assertThat(source.stats().settled()).isEqualTo(last);
      }
    }
  }

  @Test
  void emit_byManyThreads_losesNoWakeUp() throws Exception {
    SourceKind<Integer> kind =
        intake -> {
          var threads = new ArrayList<Thread>();
          for (int t = 0; t < 50; t++) {
            threads.add(
                Thread.startVirtualThread(() -> {
                  for (int i = 0; i < 200; i++) {
                    try {
                      intake.emit(intake.item(i));
                    } catch (InterruptedException e) {
                      return;
                    }
                  }
                }));
          }
          for (Thread thread : threads) {
            thread.join();
          }
        };
    try (var source =
        Source.open(kind, Outlet.<Integer>concurrent(2, _ -> {}), s -> s.withWindow(2))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(source.stats().settled()).isEqualTo(10_000);
    }
  }

  @Test
  @Covers({"C38"})
  void rate_holdsItemsBack_untilTheirTimeHasCome() throws Exception {
    var clock = new ManualClock();
    var handled = new CopyOnWriteArrayList<Long>();
    try (var source =
        Source.open(
            Kinds.counter(30),
            Outlet.<Integer>direct(_ -> handled.add(clock.nanos())),
            s -> s.withClock(clock).withRate(10, Duration.ofSeconds(1)))) {
      source.start();
      Patience.until("the burst is through", () -> handled.size() == 10);
      Patience.until(
          "it has ended",
          () -> {
            clock.advance(Duration.ofMillis(10));
            return source.state() == SourceState.ENDED;
          });
      assertThat(handled).hasSize(30);
      for (int i = 10; i < 30; i++) {
        assertThat(handled.get(i)).isGreaterThanOrEqualTo((i - 9) * 100_000_000L);
      }
    }
  }

  @Test
  @Covers({"C38"})
  void rate_forThoseWhoOffer_doesNotHaveThemGoRoundInCircles() throws Exception {
    var clock = new ManualClock();
    var tries = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          var wake = new Semaphore(0);
          for (int i = 0; i < 20; ) {
            tries.incrementAndGet();
            if (intake.offer(intake.item(i), SettledListener.NONE)) {
              i++;
            } else {
              intake.onRoom(wake::release);
              wake.acquire();
              wake.drainPermits();
            }
          }
        };
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>direct(_ -> {}),
            s -> s.withClock(clock).withRate(10, Duration.ofSeconds(1)))) {
      source.start();
      Patience.until(
          "it has ended",
          () -> {
            clock.advance(Duration.ofMillis(10));
            return source.state() == SourceState.ENDED;
          });
      assertThat(tries.get()).isLessThan(60);
    }
  }

  @Test
  void rate_ofOneThatWasStoppedWhileItWaited_holdsAfterAStart() throws Exception {
    var clock = new ManualClock();
    try (var source =
        Source.open(
            Kinds.endless(),
            Outlet.<Integer>direct(_ -> {}),
            s -> s.withClock(clock).withRate(1, Duration.ofSeconds(1)))) {
      for (int i = 1; i <= 3; i++) {
        source.start().awaitReady(LONG);
        int items = i;
        Patience.until(
            "one more came",
            () -> {
              clock.advance(Duration.ofMillis(100));
              return source.stats().taken() >= items;
            });
        source.stop();
      }
    }
  }

  @Test
  void stop_whileAnEmitWaitsForRoom_takesNothingMore() throws Exception {
    var go = new CountDownLatch(1);
    var thrown = new AtomicReference<Throwable>();
    var left = new ArrayDeque<Integer>();
    SourceKind<Integer> kind =
        intake -> {
          for (int i = 1; ; i++) {
            try {
              intake.emit(intake.item(i));
            } catch (InterruptedException e) {
              thrown.set(e);
              left.add(i);
              throw e;
            }
          }
        };
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                kind,
                Outlet.<Integer>concurrent(2, _ -> go.await()),
                s -> s.withWindow(2).withGrace(Duration.ofMillis(20)))) {
      source.start();
      Patience.until("it waits", () -> source.stats().waits() == 1);
      source.stop();
      assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
      assertThat(left).containsExactly(3);
      assertThat(source.stats().taken()).isEqualTo(2);
    }
  }
}
