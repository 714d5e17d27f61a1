package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.bus.Bus;
import dev.carillon.bus.Topic;
import dev.carillon.bus.WhenFull;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where items go: to a bus, to handlers, to promises. */
class OutletTest {
  private static final Topic<Integer> NUMBERS = Topic.of("test.numbers", Integer.class);
  private static final Topic<Integer> OTHERS = Topic.of("test.others", Integer.class);

  private static void awaitEnd(Source<?> source) throws Exception {
    Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
  }

  @Test
  @Covers({"C14"})
  void to_aBus_publishesInOrderAndWaitsForTheHandlers() throws Exception {
    List<Integer> heard = new CopyOnWriteArrayList<>();
    var go = new CountDownLatch(1);
    try (var bus = Bus.open();
        var source = Source.open(Kinds.counter(100), Outlet.to(bus, NUMBERS))) {
      bus.subscribe(
          NUMBERS,
          message -> {
            go.await();
            heard.add(message.payload());
          });
      source.start();
      Patience.until("all are under way", () -> source.stats().underWay() == 100);
      assertThat(source.position()).isEmpty();
      go.countDown();
      awaitEnd(source);
      assertThat(source.position()).contains("100");
      assertThat(heard).isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    }
  }

  @Test
  void to_aBusByItem_choosesTheTopic() throws Exception {
    List<Integer> odd = new CopyOnWriteArrayList<>();
    List<Integer> even = new CopyOnWriteArrayList<>();
    try (var bus = Bus.open();
        var source =
            Source.open(
                Kinds.counter(6),
                Outlet.<Integer>to(bus, i -> i.payload() % 2 == 0 ? OTHERS : NUMBERS))) {
      bus.onPayload(NUMBERS, odd::add);
      bus.onPayload(OTHERS, even::add);
      source.start();
      awaitEnd(source);
    }
    assertThat(odd).containsExactly(1, 3, 5);
    assertThat(even).containsExactly(2, 4, 6);
  }

  @Test
  void to_aBus_failsItemsWhoseHandlerPropagates() throws Exception {
    try (var _ = new CapturedLog("dev.carillon.source");
        var _ = new CapturedLog("dev.carillon.bus");
        var bus = Bus.open();
        var source = Source.open(Kinds.counter(3), Outlet.to(bus, NUMBERS))) {
      bus.subscribe(
          NUMBERS,
          message -> {
            if (message.payload() == 2) {
              throw new IllegalStateException("as it should");
            }
          },
          s -> s.onError(e -> e.propagate()));
      source.start();
      awaitEnd(source);
      assertThat(source.stats().failed()).isEqualTo(1);
      assertThat(source.stats().settled()).isEqualTo(2);
    }
  }

  @Test
  void to_aBusThatIsDisabled_failsTheItems() throws Exception {
    try (var _ = new CapturedLog("dev.carillon.source");
        var bus = Bus.open();
        var source =
            Source.open(
                Kinds.counter(3),
                Outlet.to(bus, NUMBERS),
                s -> s.onItemFailure(OnItemFailure.STOP))) {
      bus.disable();
      source.start();
      Patience.until("it fails", () -> source.state() == SourceState.FAILING);
      assertThat(source.position()).isEmpty();
      bus.enable();
      awaitEnd(source);
      assertThat(source.position()).contains("3");
    }
  }

  @Test
  void to_aBusThatIsClosed_failsTheSourceAndPassesNothingOver() throws Exception {
    var bus = Bus.open();
    var begun = new CountDownLatch(5);
    bus.subscribe(NUMBERS, _ -> begun.countDown());
    try (var _ = new CapturedLog("dev.carillon.source");
        var source = Source.open(Kinds.endless(), Outlet.to(bus, NUMBERS))) {
      source.start();
      Patience.await(begun);
      bus.close();
      Patience.until("it has failed", () -> source.state() == SourceState.FAILED);
      assertThat(source.failure().orElseThrow()).hasMessageContaining("closed");
      long position = Long.parseLong(source.position().orElseThrow());
      assertThat(position).isLessThanOrEqualTo(source.stats().settled());
    }
  }

  @Test
  void to_aBusWhoseLaneIsFull_waitsAndAStopSendsItAway() throws Exception {
    var go = new CountDownLatch(1);
    var bus = Bus.open();
    bus.subscribe(NUMBERS, _ -> go.await(), s -> s.capacity(2, WhenFull.BLOCK));
    try (var _ = new CapturedLog("dev.carillon.source");
        var source =
            Source.open(
                Kinds.endless(),
                Outlet.to(bus, NUMBERS),
                s -> s.withGrace(Duration.ofMillis(50)))) {
      source.start();
      Patience.until("it waits", () -> source.stats().underWay() >= 3);
      source.stop();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      assertThat(source.position()).isEmpty();
      assertThat(source.stats().failed()).isEqualTo(source.stats().taken());
    } finally {
      go.countDown();
      bus.close();
    }
  }

  @Test
  @Covers({"C40"})
  void direct_handlesOnTheThreadThatReads() throws Exception {
    var reading = new AtomicReference<Thread>();
    List<Thread> handling = new CopyOnWriteArrayList<>();
    SourceKind<Integer> kind =
        intake -> {
          reading.set(Thread.currentThread());
          intake.emit(intake.item(1));
          intake.offer(intake.item(2), SettledListener.NONE);
        };
    try (var source =
        Source.open(kind, Outlet.<Integer>direct(_ -> handling.add(Thread.currentThread())))) {
      source.start();
      awaitEnd(source);
    }
    assertThat(handling).containsExactly(reading.get(), reading.get());
  }

  @Test
  @Covers({"C40"})
  void handler_ofAKindWithManyThreads_isCalledForOneItemAfterAnother() throws Exception {
    var inside = new AtomicInteger();
    var together = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          var threads = new ArrayList<Thread>();
          for (int t = 0; t < 4; t++) {
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
          for (int i = 0; i < 200; i++) {
            intake.emit(intake.item(i));
          }
          for (Thread thread : threads) {
            thread.join();
          }
        };
    ItemHandler<Integer> handler =
        _ -> {
          if (inside.incrementAndGet() > 1) {
            together.incrementAndGet();
          }
          Thread.yield();
          inside.decrementAndGet();
        };
    for (Outlet<Integer> outlet : List.of(Outlet.handler(handler), Outlet.direct(handler))) {
      try (var source = Source.open(kind, outlet, s -> s.withWindow(3))) {
        source.start();
        awaitEnd(source);
        assertThat(source.stats().settled()).isEqualTo(1_000);
        assertThat(together).hasValue(0);
      }
    }
  }

  @Test
  @Covers({"C40"})
  void concurrent_handlesSeveralAtATime_andNoMore() throws Exception {
    var barrier = new CyclicBarrier(4);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    Outlet<Integer> outlet =
        Outlet.concurrent(
            4,
            _ -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              barrier.await(); // opens only if four are here
              inside.decrementAndGet();
            });
    try (var source = Source.open(Kinds.counter(40), outlet)) {
      source.start();
      awaitEnd(source);
      assertThat(source.position()).contains("40");
    }
    assertThat(most).hasValue(4);
  }

  @Test
  void concurrent_ofNone_isRefused() {
    assertThatThrownBy(() -> Outlet.concurrent(0, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("most=0");
  }

  @Test
  @Covers({"C40"})
  void completing_takesTheFirstItem_andLetsTheOthersGo() throws Exception {
    try (var events = EventSystem.create()) {
      Promise<Number> first = events.promise("first");
      try (var source = Source.open(Kinds.counter(3), Outlet.<Integer>completing(first))) {
        source.start();
        awaitEnd(source);
        assertThat(first.await()).isEqualTo(1);
        assertThat(source.stats().settled()).isEqualTo(3);
        assertThat(source.stats().failed()).isZero();
      }
    }
  }

  @Test
  @Covers({"C40"})
  void next_completesWithTheNextItem_orIsPoisonedByTheEnd() throws Exception {
    try (var events = EventSystem.create();
        var source = Source.open(Kinds.counter(3), Outlet.<Integer>direct(_ -> {}))) {
      Promise<Integer> next = source.next(events);
      source.start();
      assertThat(next.await(LONG)).contains(1);
      awaitEnd(source);
      assertThat(source.next(events).event().status()).isNotEqualTo(EventStatus.PENDING);
    }
    try (var events = EventSystem.create();
        var source = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}))) {
      source.start().awaitReady(LONG);
      Promise<Integer> none = source.next(events);
      source.stop();
      assertThat(none.event().poison().orElseThrow().toString()).contains("has ended");
    }
  }

  @Test
  @Covers({"C40"})
  void ended_completesWhenItEndsIsStoppedOrClosed_andIsPoisonedWhenItFails() throws Exception {
    try (var events = EventSystem.create()) {
      var source = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}));
      Event early = source.ended(events);
      source.start().awaitReady(LONG);
      Event during = source.ended(events);
      source.stop();
      early.await();
      during.await();
      source.ended(events).await(); // at once
      source.start().awaitReady(LONG);
      Event again = source.ended(events);
      assertThat(again.status()).isEqualTo(EventStatus.PENDING);
      source.close();
      again.await();

      var neverStarted = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}));
      Event never = neverStarted.ended(events);
      neverStarted.close();
      never.await();
      neverStarted.ended(events).await();

      SourceKind<Integer> broken =
          _ -> {
            throw new AssertionError("as it should");
          };
      try (var _ = new CapturedLog("dev.carillon.source");
          var failing = Source.open(broken, Outlet.<Integer>direct(_ -> {}))) {
        Event poisoned = failing.ended(events);
        failing.start();
        Patience.until("it is told", () -> poisoned.status() != EventStatus.PENDING);
        assertThat(poisoned.poison().orElseThrow().toString()).contains("as it should");
      }
    }
  }

  @Test
  @Covers({"C14"})
  void offerAndEmit_ofOneThread_keepTheOrder() throws Exception {
    int last = 5_000;
    List<Integer> handled = new CopyOnWriteArrayList<>();
    SourceKind<Integer> kind =
        intake -> {
          for (int i = 1; i <= last; i++) {
            if (i % 3 == 0 || !intake.offer(intake.item(i), SettledListener.NONE)) {
              intake.emit(intake.item(i));
            }
          }
        };
    List<Integer> all = IntStream.rangeClosed(1, last).boxed().toList();
    try (var source = Source.open(kind, Outlet.<Integer>handler(i -> handled.add(i.payload())))) {
      source.start();
      awaitEnd(source);
      assertThat(handled.equals(all)).as("in order").isTrue();
    }
  }

  @Test
  void outlet_thatAnswersTwice_countsOnce() throws Exception {
    Outlet<Integer> outlet =
        (_, receipt) -> {
          receipt.done();
          receipt.failed(new IllegalStateException("too late"));
          receipt.done();
        };
    try (var source = Source.open(Kinds.counter(10), outlet, s -> s.withWindow(1))) {
      source.start();
      awaitEnd(source);
      assertThat(source.stats().settled()).isEqualTo(10);
      assertThat(source.stats().failed()).isZero();
    }
  }

  @Test
  void outlet_thatThrows_failsTheItemOnly() throws Exception {
    Outlet<Integer> outlet =
        (item, receipt) -> {
          if (item.payload() == 2) {
            throw new IllegalStateException("as it should");
          }
          receipt.done();
        };
    try (var _ = new CapturedLog("dev.carillon.source");
        var source = Source.open(Kinds.counter(3), outlet)) {
      source.start();
      awaitEnd(source);
      assertThat(source.stats().settled()).isEqualTo(2);
      assertThat(source.stats().failed()).isEqualTo(1);
    }
  }
}
