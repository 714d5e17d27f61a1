package dev.carillon.source;

import static dev.carillon.build.Patience.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A source that fails is started again by its policy; items that fail are tried again by theirs.
 */
class SourceRestartTest {
  private static final Retry DOUBLING =
      Retry.DEFAULT
          .withMaxAttempts(100)
          .withBackoff(Backoff.exponential(Duration.ofSeconds(1), Duration.ofHours(1)));

  /** What the clock may have been moved by before the delay was seen. */
  private static final Duration SLACK = Duration.ofMillis(500);

  private final ManualClock clock = new ManualClock();
  private final CapturedLog log = new CapturedLog("dev.carillon.source");
  private final List<SourceListener.Change> failing = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    log.close();
  }

  private SourceConfig configured(SourceConfig config) {
    return config
        .withClock(clock)
        .withRestart(DOUBLING)
        .saveEvery(Duration.ZERO)
        .withListener(change -> {
          if (change.to() == SourceState.FAILING) {
            failing.add(change);
          }
        });
  }

  /** Waits until it is failing so often, and is tried again after just that time. */
  private void awaitFailing(int times, int seconds) throws Exception {
    Patience.until("it fails", () -> failing.size() >= times);
    assertThat(failing.get(times - 1).detail()).startsWith("tried again in PT" + seconds + "S:");
  }

  /** Lets time pass until something holds. */
  private void passUntil(String what, Patience.Condition condition) throws Exception {
    Patience.until(
        what,
        () -> {
          clock.advance(Duration.ofMillis(100));
          return condition.holds();
        });
  }

  @Test
  void restart_ofAKindThatFailsAtOnce_comesLaterAndLater() throws Exception {
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        _ -> {
          runs.incrementAndGet();
          throw new IllegalStateException("as it should");
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start();
      for (int i = 0; i < 6; i++) {
        awaitFailing(i + 1, 1 << i);
        assertThat(source.state()).isEqualTo(SourceState.FAILING);
        assertThat(source.failure().orElseThrow()).hasMessage("as it should");
        assertThat(runs).hasValue(i + 1);
        long before = clock.nanos();
        int next = i + 2;
        passUntil("it runs again", () -> runs.get() == next);
        assertThat(clock.nanos() - before)
            .isGreaterThan(Duration.ofSeconds(1L << i).minus(SLACK).toNanos());
      }
    }
  }

  @Test
  void restart_afterAnItemWasTakenCareOf_beginsTheDelaysAnew() throws Exception {
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          if (runs.incrementAndGet() == 3) {
            intake.emit(intake.item(1));
          }
          throw new IllegalStateException("as it should");
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start();
      passUntil("it has failed often enough", () -> failing.size() >= 5);
      for (int i = 0; i < 5; i++) {
        awaitFailing(i + 1, List.of(1, 2, 1, 2, 4).get(i));
      }
    }
  }

  @Test
  void restart_afterItWasConnectedForTenSeconds_beginsTheDelaysAnew() throws Exception {
    var fails = new AtomicReference<>(new CountDownLatch(0));
    SourceKind<Integer> kind =
        intake -> {
          intake.ready();
          fails.get().await();
          throw new IllegalStateException("as it should");
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start();
      passUntil("it fails again", () -> failing.size() >= 2);
      awaitFailing(2, 2);
      var latch = new CountDownLatch(1);
      fails.set(latch);
      passUntil("it is connected", () -> source.state() == SourceState.CONNECTED);
      clock.advance(Duration.ofSeconds(10));
      latch.countDown();
      Patience.until("it fails", () -> source.state() == SourceState.FAILING);
      Patience.until("each is told", () -> failing.size() == source.stats().starts());
      awaitFailing(failing.size(), 1);
    }
  }

  @Test
  void restart_onAnItemThatNeverWorks_comesLaterAndLaterAndThenEnds() throws Exception {
    Outlet<Integer> outlet =
        Outlet.direct(item -> {
          if (item.payload() == 3) {
            throw new IllegalStateException("as it should");
          }
        });
    try (var source =
        Source.open(
            Kinds.endless(),
            outlet,
            s ->
                configured(s)
                    .withRestart(DOUBLING.withMaxAttempts(4))
                    .onItemFailure(OnItemFailure.STOP))) {
      source.start();
      passUntil("it has failed", () -> source.state() == SourceState.FAILED);
      for (int i = 0; i < 3; i++) {
        awaitFailing(i + 1, 1 << i);
      }
      assertThat(source.position()).contains("2");
      assertThat(source.stats().settled()).isEqualTo(2);
      assertThat(source.stats().failed()).isEqualTo(4);
    }
  }

  @Test
  void stop_whileItWaitsToStartAgain_isAtOnce() throws Exception {
    SourceKind<Integer> kind =
        _ -> {
          throw new IllegalStateException("as it should");
        };
    try (var source = Source.open(kind, Outlet.<Integer>direct(_ -> {}), this::configured)) {
      source.start();
      awaitFailing(1, 1);
      source.stop();
      assertThat(source.state()).isEqualTo(SourceState.STOPPED);
      assertThat(clock.alarms()).isZero();
    }
    assertThat(clock.isClosed()).isTrue();
  }

  @Test
  void kind_thatFails_showsSoAtOnce_thoughItemsAreUnderWay() throws Exception {
    var go = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.offer(intake.item(1), SettledListener.NONE);
          throw new IllegalStateException("as it should");
        };
    try (var source =
        Source.open(kind, Outlet.<Integer>handler(_ -> go.await()), this::configured)) {
      source.start();
      Patience.until("it is failing", () -> source.state() == SourceState.FAILING);
      assertThat(source.stats().underWay()).isEqualTo(1);
      go.countDown();
      Patience.until("it is settled", () -> source.stats().settled() == 1);
    }
  }

  @Test
  void item_thatFailsAfterTheKindHasReturned_isNotForgotten() throws Exception {
    var go = new CountDownLatch(1);
    var runs = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          if (runs.incrementAndGet() == 1) {
            intake.offer(intake.item(1), SettledListener.NONE);
          }
        };
    Outlet<Integer> outlet =
        Outlet.handler(_ -> {
          go.await();
          throw new IllegalStateException("as it should");
        });
    try (var source =
        Source.open(kind, outlet, s -> configured(s).onItemFailure(OnItemFailure.STOP))) {
      source.start();
      Patience.until("it is under way", () -> source.stats().underWay() == 1);
      go.countDown();
      awaitFailing(1, 1);
      passUntil("it has ended", () -> source.state() == SourceState.ENDED);
    }
  }

  @Test
  void handler_thatThrowsAnError_endsTheSourceAndIsNotPassed() throws Exception {
    for (int way = 0; way < 3; way++) {
      ItemHandler<Integer> handler =
          item -> {
            if (item.payload() == 2) {
              throw new AssertionError("as it should");
            }
          };
      Outlet<Integer> outlet =
          switch (way) {
            case 0 -> Outlet.direct(handler);
            case 1 -> Outlet.handler(handler);
            default -> Outlet.concurrent(1, handler);
          };
      try (var source = Source.open(Kinds.endless(), outlet, this::configured)) {
        source.start();
        Patience.until("it has failed", () -> source.state() == SourceState.FAILED);
        assertThat(source.failure().orElseThrow()).hasMessage("as it should");
        assertThat(source.position()).contains("1");
      }
    }
  }

  @Test
  void handler_thatIsInterruptedForItself_failsTheItemAlone() throws Exception {
    for (boolean throwsIt : List.of(true, false)) {
      for (boolean isDirect : List.of(true, false)) {
        List<Integer> handled = new CopyOnWriteArrayList<>();
        ItemHandler<Integer> handler =
            item -> {
              handled.add(item.payload());
              Thread.currentThread().interrupt();
              if (throwsIt) {
                throw new InterruptedException("its own");
              }
            };
        SourceKind<Integer> kind = isDirect ? Kinds.counter(3) : offering(3);
        Outlet<Integer> outlet = isDirect ? Outlet.direct(handler) : Outlet.handler(handler);
        try (var source = Source.open(kind, outlet, this::configured)) {
          source.start();
          Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
          assertThat(handled).containsExactly(1, 2, 3);
          assertThat(source.stats().failed()).isEqualTo(throwsIt ? 3 : 0);
        }
      }
    }
  }

  private static SourceKind<Integer> offering(int last) {
    return intake -> {
      for (int i = 1; i <= last; i++) {
        assertThat(intake.offer(intake.item(i), SettledListener.NONE)).isTrue();
      }
    };
  }

  @Test
  void retry_ofAnItem_waitsForTheDelayAndThenPassesItOver() throws Exception {
    List<Long> attempts = new CopyOnWriteArrayList<>();
    Outlet<Integer> outlet =
        Outlet.handler(_ -> {
          attempts.add(clock.nanos());
          throw new IllegalStateException("as it should");
        });
    try (var source =
        Source.open(
            Kinds.counter(1),
            outlet,
            s -> configured(s).onItemFailure(OnItemFailure.retry(DOUBLING.withMaxAttempts(3))))) {
      source.start();
      Patience.until("it is to be tried again", () -> source.stats().retried() == 1);
      assertThat(source.position()).isEmpty();
      passUntil("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(attempts).hasSize(3);
      assertThat(attempts.get(1) - attempts.get(0)).isGreaterThanOrEqualTo(1_000_000_000);
      assertThat(attempts.get(2) - attempts.get(1)).isGreaterThanOrEqualTo(2_000_000_000);
      assertThat(source.position()).contains("1");
      assertThat(source.stats().retried()).isEqualTo(2);
      assertThat(source.stats().failed()).isEqualTo(1);
    }
  }

  @Test
  void retry_thatIsDueAfterTheGrace_isGivenUpByAStop() throws Exception {
    var told = new AtomicReference<Throwable>();
    var attempts = new AtomicInteger();
    SourceKind<Integer> kind =
        intake -> {
          intake.offer(intake.item(1).withPosition("1"), told::set);
          intake.awaitStop();
        };
    Outlet<Integer> outlet =
        Outlet.handler(_ -> {
          attempts.incrementAndGet();
          throw new IllegalStateException("as it should");
        });
    Retry hourly = DOUBLING.withBackoff(Backoff.fixed(Duration.ofHours(1)));
    try (var source =
        Source.open(
            kind,
            outlet,
            s ->
                configured(s)
                    .withGrace(Duration.ofSeconds(2))
                    .onItemFailure(OnItemFailure.retry(hourly)))) {
      source.start();
      Patience.until("it is to be tried again", () -> source.stats().retried() == 1);
      Thread stopping = Thread.startVirtualThread(source::stop);
      passUntil("it has stopped", () -> !stopping.isAlive());
      assertThat(told.get()).isInstanceOf(InterruptedException.class);
      assertThat(source.position()).isEmpty();
      assertThat(source.stats().failed()).isEqualTo(1);
      clock.advance(Duration.ofHours(2));
      assertThat(attempts).hasValue(1);
    }
    assertThat(clock.alarms()).isZero();
  }

  @Test
  void retry_doesNotCallAHandlerThatIsAtAnotherItem() throws Exception {
    var inside = new AtomicInteger();
    var together = new AtomicInteger();
    var failedOnce = new AtomicInteger();
    Outlet<Integer> outlet =
        Outlet.handler(item -> {
          if (inside.incrementAndGet() > 1) {
            together.incrementAndGet();
          }
          try {
            if (item.payload() % 10 == 0 && failedOnce.getAndIncrement() % 2 == 0) {
              throw new IllegalStateException("as it should");
            }
            Thread.yield();
          } finally {
            inside.decrementAndGet();
          }
        });
    Retry soon =
        Retry.DEFAULT.withMaxAttempts(1_000).withBackoff(Backoff.fixed(Duration.ofMillis(1)));
    try (var source =
        Source.open(
            Kinds.counter(2_000), outlet, s -> s.onItemFailure(OnItemFailure.retry(soon)))) {
      source.start();
      Patience.until("it has ended", () -> source.state() == SourceState.ENDED);
      assertThat(together).hasValue(0);
      assertThat(source.stats().settled()).isEqualTo(2_000);
      assertThat(source.position()).contains("2000");
    }
  }

  @Test
  void policy_thatThrows_failsTheSourceForGood() throws Exception {
    var told = new AtomicReference<Throwable>();
    SourceKind<Integer> kind =
        intake -> {
          intake.offer(intake.item(1), told::set);
          throw new IllegalStateException("as it should");
        };
    Retry broken =
        DOUBLING.withRetryable(_ -> {
          throw new IllegalArgumentException("the policy's own");
        });
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>handler(_ -> new CountDownLatch(1).await()),
            s -> configured(s).withRestart(broken))) {
      source.start();
      Patience.until("it has failed", () -> source.state() == SourceState.FAILED);
      assertThat(source.failure().orElseThrow()).hasMessage("the policy's own");
      assertThat(told.get()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void policy_thatThrows_savesThePositionAndEndsTheRun() throws Exception {
    Positions positions = Positions.inMemory();
    var ended = new CountDownLatch(1);
    SourceKind<Integer> kind =
        intake -> {
          intake.onEnd(ended::countDown);
          intake.emit(intake.item(1).withPosition("1"));
          throw new IllegalStateException("as it should");
        };
    Retry broken =
        DOUBLING.withRetryable(_ -> {
          throw new IllegalArgumentException("the policy's own");
        });
    try (var source =
        Source.open(
            kind,
            Outlet.<Integer>direct(_ -> {}),
            s ->
                configured(s)
                    .withRestart(broken)
                    .withPositions(positions)
                    .saveEvery(Duration.ofHours(1)))) {
      source.start();
      Patience.until("it has failed", () -> source.state() == SourceState.FAILED);
      assertThat(positions.load(source.name())).contains("1");
      assertThat(ended.getCount()).isZero();
    }
  }

  @Test
  void clock_ofTwoSources_isWatchedAsLongAsOneRuns() throws Exception {
    var opened = new ArrayList<Source<Integer>>();
    for (int i = 0; i < 2; i++) {
      var source = Source.open(Kinds.waiting(), Outlet.<Integer>direct(_ -> {}), this::configured);
      source.start().awaitReady(LONG);
      opened.add(source);
    }
    opened.getFirst().close();
    assertThat(clock.isClosed()).isFalse();
    clock.advance(Duration.ofMinutes(2));
    Patience.until("it is idle", () -> opened.getLast().state() == SourceState.IDLE);
    opened.getLast().close();
    assertThat(clock.isClosed()).isTrue();
  }
}
