package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.EventStatus;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A source is started, stopped, closed and started again, from wherever that is asked. */
class SourceTest {

  @Test
  @Covers({"C40"})
  void open_withoutABus_handsItemsToTheHandlerInOrder() throws InterruptedException {
    List<Integer> handled = new CopyOnWriteArrayList<>();
    try (var events = EventSystem.create();
        var source =
            Source.open(Kinds.counter(5), Outlet.<Integer>handler(i -> handled.add(i.payload())))) {
      assertThat(source.start().awaitReady(LONG)).isTrue();
      source.ended(events).await();
      assertThat(source.state()).isEqualTo(SourceState.ENDED);
      assertThat(source.position()).contains("5");
    }
    assertThat(handled).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void start_whileItRuns_doesNothing() throws Exception {
    try (var source = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}))) {
      source.start().awaitReady(LONG);
      source.start();
      assertThat(source.state()).isEqualTo(SourceState.CONNECTED);
      assertThat(source.stats().starts()).isEqualTo(1);
    }
  }

  @Test
  void start_ofOneThatWasClosed_fails() {
    var source = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}));
    source.close();
    source.close();
    assertThatThrownBy(source::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("source=\"custom\"");
  }

  @Test
  void start_afterStop_runsTheKindAgain() throws Exception {
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          runs.incrementAndGet();
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      for (int i = 1; i <= 20; i++) {
        assertThat(source.start().awaitReady(LONG)).isTrue();
        source.stop();
        assertThat(source.state()).isEqualTo(SourceState.STOPPED);
        assertThat(runs).hasValue(i);
      }
    }
  }

  @Test
  void start_atTheMomentItHasEnded_runsTheKindAgain() throws Exception {
    var runs = new AtomicInteger();
    SourceKind<Integer> kind = _ -> runs.incrementAndGet();
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      for (int i = 1; i <= 200; i++) {
        source.start();
        Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
        assertThat(runs).hasValue(i);
      }
    }
  }

  @Test
  void start_inWhatFollowsItsEnd_runsTheKindAgain() throws Exception {
    var runs = new AtomicInteger();
    SourceKind<Integer> kind = _ -> runs.incrementAndGet();
    try (var events = EventSystem.create();
        var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      source.ended(events).whenComplete(_ -> source.start());
      source.start();
      Patience.until("it has run again", () -> runs.get() == 2);
    }
  }

  @Test
  void startAndStop_byManyThreadsAtOnce_neverRunTheKindTwiceAtATime() throws Exception {
    var inside = new AtomicInteger();
    var twice = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          if (inside.incrementAndGet() > 1) {
            twice.incrementAndGet();
          }
          try {
            intake.ready();
            intake.emit(intake.item(1));
            intake.awaitStop();
          } finally {
            inside.decrementAndGet();
          }
        };
    var source = Source.open(kind, Outlet.<Integer>handler(_ -> {}));
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      boolean starts = i % 2 == 0;
      threads.add(
          Thread.startVirtualThread(() -> {
            for (int n = 0; n < 300; n++) {
              if (starts) {
                source.start();
              } else {
                source.stop();
              }
            }
          }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    source.close();
    assertThat(twice).hasValue(0);
    assertThat(inside).hasValue(0);
    assertThat(source.state()).isEqualTo(SourceState.STOPPED);
    assertThat(source.stats().underWay()).isZero();
  }

  @Test
  void stop_whileItStarts_ends() throws Exception {
    var inKind = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          inKind.countDown();
          intake.awaitStop(); // never ready
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      source.start();
      Patience.await(inKind);
      source.stop();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      assertThat(source.awaitReady(LONG)).isFalse();
    }
  }

  @Test
  void stop_inTheHandler_isDoneOnceThatHasReturned() throws Exception {
    for (boolean isDirect : List.of(true, false)) {
      var source = new AtomicReference<Source<Integer>>();
      var handled = new AtomicInteger();
      ItemHandler<Integer> handler =
          _ -> {
            source.get().stop();
            handled.incrementAndGet();
          };
      Outlet<Integer> outlet = isDirect ? Outlet.direct(handler) : Outlet.handler(handler);
      try (var opened = Source.open(Kinds.endless(), outlet)) {
        source.set(opened);
        opened.start();
        Patience.until("it has stopped", () -> opened.state() == SourceState.STOPPED);
        assertThat(handled).hasValue(1);
        assertThat(opened.stats().settled()).isEqualTo(1);
        assertThat(opened.position()).contains("1");
      }
    }
  }

  @Test
  void stop_inAHandlerOnAnotherThreadOfTheKind_doesNotWaitForItself() throws Exception {
    var source = new AtomicReference<Source<Integer>>();
    SourceKind<Integer> kind =
        intake -> {
          Thread.ofVirtual().start(() -> intake.offer(intake.item(1), SettledListener.NONE)).join();
          intake.awaitStop();
        };
    try (var opened = Source.open(kind, Outlet.<Integer>direct(_ -> source.get().stop()))) {
      source.set(opened);
      opened.start();
      Patience.until("it has stopped", () -> opened.state() == SourceState.STOPPED);
      assertThat(opened.stats().settled()).isEqualTo(1);
    }
  }

  @Test
  void stopAndStart_inTheHandler_runsTheKindAgain() throws Exception {
    var source = new AtomicReference<Source<Integer>>();
    Outlet<Integer> outlet =
        Outlet.handler(item -> {
          if (item.payload() < 3) {
            source.get().stop();
            source.get().start();
          }
        });
    try (var opened = Source.open(Kinds.endless(), outlet)) {
      source.set(opened);
      opened.start();
      Patience.until("it goes on", () -> opened.stats().settled() > 10);
      assertThat(opened.stats().starts()).isEqualTo(3);
      assertThat(opened.stats().failed()).isZero();
    }
  }

  @Test
  void stop_inAListener_works() throws Exception {
    var source = new AtomicReference<Source<Integer>>();
    for (SourceState state :
        List.of(SourceState.STARTING, SourceState.CONNECTED, SourceState.FAILING)) {
      SourceKind<Integer> kind =
          intake -> {
            intake.ready();
            if (state == SourceState.FAILING) {
              throw new IllegalStateException("as it should");
            }
            intake.awaitStop();
          };
      SourceListener listener =
          change -> {
            if (change.to() == state) {
              source.get().stop();
            }
          };
      try (var _ = new CapturedLog("dev.carillon.source");
          var opened =
              Source.open(kind, Outlet.<Integer>direct(_ -> {}), s -> s.withListener(listener))) {
        source.set(opened);
        opened.start();
        Patience.until("it has stopped", () -> opened.state() == SourceState.STOPPED);
      }
    }
  }

  @Test
  void stop_ofAKindThatEmitsOnOtherThreads_letsNothingInAfterwards() throws Exception {
    var late = new AtomicReference<Intake<Integer>>();
    var handled = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          late.set(intake);
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> handled.incrementAndGet()))) {
      source.start().awaitReady(LONG);
      Intake<Integer> old = late.get();
      source.stop();
      assertThat(old.offer(old.item(1), SettledListener.NONE)).isFalse();
      assertThat(old.hasRoom()).isFalse();
      assertThatThrownBy(() -> old.emit(old.item(1))).isInstanceOf(InterruptedException.class);
      source.start().awaitReady(LONG);
      assertThat(old.offer(old.item(1), SettledListener.NONE)).isFalse();
      assertThat(handled).hasValue(0);
    }
  }

  @Test
  void end_ofAKindThatReturnsAtOnce_waitsForWhatIsUnderWay() throws Exception {
    var go = new CountDownLatch(1);
    SourceKind<Integer> kind = intake -> intake.offer(intake.item(1), SettledListener.NONE);
    try (var events = EventSystem.create();
        var source = Source.open(kind, Outlet.<Integer>handler(_ -> go.await()))) {
      var ended = source.ended(events);
      source.start();
      Patience.until("it is under way", () -> source.stats().underWay() == 1);
      assertThat(ended.status()).isEqualTo(EventStatus.PENDING);
      go.countDown();
      ended.await();
      assertThat(source.stats().settled()).isEqualTo(1);
      assertThat(source.state()).isEqualTo(SourceState.ENDED);
    }
  }

  @Test
  void pause_holdsItemsBack_untilResume() throws Exception {
    var handled = new AtomicInteger();
    try (var source =
        Source.open(Kinds.endless(), Outlet.<Integer>direct(_ -> handled.incrementAndGet()))) {
      source.pause();
      source.start().awaitReady(LONG);
      Patience.until("it waits", () -> source.stats().waits() == 1);
      assertThat(handled).hasValue(0);
      assertThat(source.explain()).contains("paused");
      source.resume();
      Patience.until("it goes on", () -> handled.get() > 0);
      source.pause();
      source.stop();
      int before = handled.get();
      source.start().awaitReady(LONG);
      assertThat(handled).hasValue(before); // still paused
    }
  }

  @Test
  void awaitReady_ofOneThatFailsForGood_throwsWhy() throws Exception {
    SourceKind<Integer> kind =
        _ -> {
          throw new AssertionError("as it should");
        };
    try (var _ = new CapturedLog("dev.carillon.source");
        var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      source.start();
      assertThatThrownBy(() -> source.awaitReady(LONG))
          .isInstanceOf(SourceFailedException.class)
          .hasRootCauseMessage("as it should");
      assertThat(source.state()).isEqualTo(SourceState.FAILED);
    }
  }

  @Test
  void awaitReady_whenTheTimePasses_isFalse() throws Exception {
    SourceKind<Integer> kind = Intake::awaitStop;
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}))) {
      assertThat(source.awaitReady(LONG)).isFalse(); // not even started
      source.start();
      assertThat(source.awaitReady(Duration.ofMillis(1))).isFalse();
    }
  }
}
