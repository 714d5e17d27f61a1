package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stop comes to an end in time, whatever the kind, the handlers and what they leave do. */
class SourceStuckTest {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ManualClock clock = new ManualClock();
  private final CapturedLog log = new CapturedLog("dev.carillon.source");

  @AfterEach
  void close() {
    log.close();
  }

  private SourceConfig configured(SourceConfig config) {
    return config.withClock(clock).withGrace(GRACE);
  }

  /** Begins to stop a source, and lets time pass until it has. */
  private void stop(Source<?> source) throws Exception {
    Thread stopping = Thread.startVirtualThread(source::stop);
    Patience.until(
        "it has stopped",
        () -> {
          clock.advance(Duration.ofMillis(100));
          return !stopping.isAlive();
        });
  }

  private static void uninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // as a kind or a handler should not
      }
    }
  }

  @Test
  void stop_whileAHandlerIsAtIt_waitsForTheGrace_thenInterruptsItAndKeepsThePosition()
      throws Exception {
    for (Outlets outlets : Outlets.values()) {
      var interrupted = new CountDownLatch(1);
      var interruptedAt = new AtomicLong();
      var begun = new CountDownLatch(1);
      ItemHandler<Integer> handler =
          _ -> {
            begun.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interruptedAt.set(clock.nanos());
              interrupted.countDown();
              throw e;
            }
          };
      try (var source =
          Source.open(Kinds.endless(), outlets.<Integer>of(handler), this::configured)) {
        source.start();
        Patience.await(begun);
        long before = clock.nanos();
        stop(source);
        Patience.await(interrupted);
        assertThat(interruptedAt.get() - before).isGreaterThanOrEqualTo(GRACE.toNanos());
        assertThat(source.state()).as("%s", outlets).isEqualTo(SourceState.STOPPED);
        assertThat(source.position()).isEmpty();
        assertThat(source.stats().failed()).isEqualTo(source.stats().taken());
        assertThat(source.stats().underWay()).isZero();
      }
    }
  }

  /** The outlets that call a handler. */
  private enum Outlets {
    DIRECT,
    SERIAL,
    CONCURRENT;

    <T> Outlet<T> of(ItemHandler<T> handler) {
      return switch (this) {
        case DIRECT -> Outlet.direct(handler);
        case SERIAL -> Outlet.handler(handler);
        case CONCURRENT -> Outlet.concurrent(2, handler);
      };
    }
  }

  @Test
  void stop_asTheThreadLeavesTheOutlet_losesNoInterrupt() throws Exception {
    SourceKind<Integer> kind =
        intake -> {
          for (int i = 0; i < 20; i++) {
            intake.emit(intake.item(i));
          }
          new CountDownLatch(1).await();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      for (int i = 0; i < 400; i++) {
        long before = source.stats().taken();
        source.start();
        Patience.until("it is at it", () -> source.stats().taken() > before);
        Thread stopping = Thread.startVirtualThread(source::stop); // and the clock stands still
        assertThat(stopping.join(LONG)).isTrue();
      }
    }
  }

  @Test
  void stop_ofAKindThatIgnoresInterrupts_givesUp_andNeverRunsTwoAtATime() throws Exception {
    var go = new CountDownLatch(1);
    var inside = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          assertThat(inside.incrementAndGet()).isEqualTo(1);
          intake.ready();
          uninterruptibly(go);
          inside.decrementAndGet();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start().awaitReady(LONG);
      stop(source);
      assertThat(source.state()).isEqualTo(SourceState.FAILED);
      assertThat(source.failure().orElseThrow())
          .hasMessageContaining("must return when its thread is interrupted");
      assertThat(source.failure().orElseThrow().getStackTrace())
          .anyMatch(frame -> frame.getMethodName().contains("uninterruptibly"));
      assertThat(log.messages()).anyMatch(line -> line.contains("is given up"));
      source.start();
      assertThat(source.state()).isEqualTo(SourceState.STARTING);
      assertThat(source.stats().starts()).isEqualTo(1); // it waits for the old thread
      go.countDown();
      Patience.until("it has run again", () -> source.state() == SourceState.ENDED);
      assertThat(source.stats().starts()).isEqualTo(2);
    }
  }

  @Test
  void stop_whileItWaitsForAThreadThatWasGivenUp_stops() throws Exception {
    var go = new CountDownLatch(1);
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          runs.incrementAndGet();
          intake.ready();
          uninterruptibly(go);
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start().awaitReady(LONG);
      stop(source);
      for (int i = 0; i < 3; i++) {
        source.start();
        source.stop();
        assertThat(source.state()).isEqualTo(SourceState.STOPPED);
        assertThat(runs).hasValue(1);
      }
      go.countDown();
      source.start().awaitReady(LONG);
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void item_thatStopsTheSource_whileTheKindIgnoresInterrupts_givesItUp() throws Exception {
    var go = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.offer(intake.item(1), SettledListener.NONE);
          uninterruptibly(go);
        };
    Outlet<Integer> outlet =
        Outlet.handler(_ -> {
          throw new IllegalStateException("as it should");
        });
    try (var source =
        Source.open(kind, outlet, s -> configured(s).onItemFailure(OnItemFailure.STOP))) {
      source.start();
      Patience.until(
          "it is given up",
          () -> {
            clock.advance(Duration.ofSeconds(1));
            return source.state() == SourceState.FAILED;
          });
      go.countDown();
    }
  }

  @Test
  void stop_whenWhatOnStopLeftThrows_runsTheRest() throws Exception {
    List<String> closed = new CopyOnWriteArrayList<>();
    SourceKind<Integer> kind =
        intake -> {
          intake.onStop(() -> {
            throw new IllegalStateException("as it should");
          });
          intake.onStop(() -> closed.add("second"));
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start().awaitReady(LONG);
      source.stop();
      assertThat(closed).containsExactly("second");
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
    }
  }

  @Test
  void stop_whenWhatOnStopLeftBlocks_interruptsItAfterTheGrace() throws Exception {
    SourceKind<Integer> kind =
        intake -> {
          intake.onStop(() -> new CountDownLatch(1).await());
          intake.ready();
          intake.awaitStop();
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start().awaitReady(LONG);
      stop(source);
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
    }
  }

  @Test
  void onStop_ofAKindThatIsStopped_runsAtOnce() throws Exception {
    var closed = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          try {
            intake.awaitStop();
          } finally {
            intake.onStop(closed::countDown);
          }
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start().awaitReady(LONG);
      source.stop();
      assertThat(closed.getCount()).isZero();
    }
  }

  @Test
  void stop_whilePositionsAreLoaded_interruptsThat() throws Exception {
    var loading = new CountDownLatch(1);
    var positions =
        new MemoryPositionsThatBlock(() -> {
          loading.countDown();
          new CountDownLatch(1).await();
        });
    try (var source =
        Source.open(
            Kinds.waiting(),
            Outlet.<Integer>direct(_ -> {}),
            s -> configured(s).withPositions(positions))) {
      source.start();
      Patience.await(loading);
      stop(source);
      assertThat(source.state()).isEqualTo(SourceState.FAILED);
    }
  }

  /** Blocks when asked for a position. */
  private record MemoryPositionsThatBlock(Blocking blocking) implements Positions {
    @Override
    public java.util.Optional<String> load(String source) {
      try {
        blocking.run();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
      return java.util.Optional.empty();
    }

    @Override
    public void save(String source, String position) {}
  }

  /** What blocks. */
  private interface Blocking {
    void run() throws InterruptedException;
  }

  @Test
  void stop_whileAListenerNeverReturns_doesNotWaitForItForEver() throws Exception {
    var go = new CountDownLatch(1);
    SourceListener listener = _ -> uninterruptibly(go);
    var states = new States("slow", List.of(listener));
    states.start("starts");
    for (int i = 0; i < 5_000; i++) {
      states.set(i % 2 == 0 ? SourceState.FAILING : SourceState.STARTING, "", null);
    }
    states.awaitTold(1_000_000);
    assertThat(log.messages()).anyMatch(line -> line.contains("too slow"));
    go.countDown();
    states.awaitTold(LONG.toNanos());
  }
}
