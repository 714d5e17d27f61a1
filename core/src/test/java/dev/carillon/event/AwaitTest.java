package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that block: on both surfaces, platform and virtual. */
@ParameterizedClass
@MethodSource("surfacesAndThreads")
class AwaitTest {
  private static final Duration SHORT = Duration.ofMillis(3);

  private final EventSystem events = EventSystem.create();
  private final Surface surface;
  private final Workers.Kind kind;

  AwaitTest(Surface surface, Workers.Kind kind) {
    this.surface = surface;
    this.kind = kind;
  }

  static Stream<Arguments> surfacesAndThreads() {
    return Arrays.stream(Surface.values())
        .flatMap(s -> Arrays.stream(Workers.Kind.values()).map(k -> Arguments.of(s, k)));
  }

  @AfterEach
  void close() {
    events.close();
  }

  /** Runs a task on a thread of the kind under test. */
  private void onThread(Workers.Task task) {
    try (var workers = new Workers()) {
      workers.start(kind, "waiting", task);
    }
  }

  private void untilWaiting(int threads) throws Exception {
    Patience.until(threads + " threads wait", () -> events.stats().waiters() == threads);
  }

  @Test
  @Covers("V2")
  void await_triggered_returns() {
    Subject event = surface.create(events);
    event.trigger();
    onThread(event::await);
    onThread(() -> assertThat(event.await(Duration.ZERO)).isTrue());
    onThread(() -> assertThat(event.await(Patience.LONG)).isTrue());
  }

  @Test
  @Covers("V2")
  void await_pending_returnsOnceTriggered() throws Exception {
    Subject event = surface.create(events);
    int[] written = {0};
    var order = new AtomicInteger();
    try (var workers = new Workers()) {
      workers.start(
          kind,
          "waiting",
          () -> {
            event.await();
            assertThat(order.get()).as("triggered before").isEqualTo(1);
            assertThat(written[0]).as("written before the trigger").isEqualTo(42);
          });
      untilWaiting(1);
      written[0] = 42;
      order.set(1);
      event.trigger();
    }
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  void await_withTimeout_returnsTrueOnceTriggered() throws Exception {
    Subject event = surface.create(events);
    try (var workers = new Workers()) {
      workers.start(kind, "a", () -> assertThat(event.await(Patience.LONG)).isTrue());
      workers.start(
          kind, "b", () -> assertThat(event.await(Duration.ofSeconds(Long.MAX_VALUE))).isTrue());
      untilWaiting(2);
      event.trigger();
    }
  }

  @Test
  @Covers("V3")
  void await_manyThreads_wakesEachOnce() throws Exception {
    Subject event = surface.create(events);
    var woken = new AtomicInteger();
    try (var workers = new Workers()) {
      for (int i = 0; i < 100; i++) {
        workers.start(
            kind,
            "waiting",
            () -> {
              event.await();
              woken.incrementAndGet();
            });
      }
      untilWaiting(100);
      event.trigger();
    }
    assertThat(woken).hasValue(100);
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  @Covers("V6")
  void await_poisoned_throws() {
    Subject event = surface.create(events);
    event.poison("disk full");
    onThread(() -> assertPoisoned(event, event::await));
    onThread(() -> assertPoisoned(event, () -> event.await(Duration.ZERO)));
    onThread(() -> assertPoisoned(event, () -> event.await(Patience.LONG)));
  }

  private interface Wait {
    void run() throws Exception;
  }

  private static void assertPoisoned(Subject event, Wait wait) {
    assertThatExceptionOfType(PoisonedException.class)
        .isThrownBy(wait::run)
        .withMessage("%s: disk full", event.handle())
        .withNoCause()
        .satisfies(e -> assertThat(e.poison().reason()).isEqualTo("disk full"));
  }

  @Test
  @Covers("V6")
  void await_pending_throwsOncePoisoned() throws Exception {
    Subject event = surface.create(events);
    try (var workers = new Workers()) {
      for (int i = 0; i < 10; i++) {
        workers.start(kind, "untimed", () -> assertPoisoned(event, event::await));
        workers.start(kind, "timed", () -> assertPoisoned(event, () -> event.await(Patience.LONG)));
      }
      untilWaiting(20);
      event.poison("disk full");
    }
  }

  @Test
  void await_timeout_returnsFalseNotEarlyAndLeavesTheEvent() {
    Subject event = surface.create(events);
    onThread(() -> {
      for (int i = 0; i < 10; i++) {
        long start = System.nanoTime();
        assertThat(event.await(SHORT)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
      }
    });
    assertThat(event.status()).isEqualTo(PENDING);
    assertThat(events.stats().waiters()).isZero();
    event.trigger();
  }

  @Test
  void await_zeroOrNegativeTimeout_asksWithoutWaiting() {
    Subject event = surface.create(events);
    onThread(() -> assertThat(event.await(Duration.ZERO)).isFalse());
    onThread(() -> assertThat(event.await(Duration.ofSeconds(Long.MIN_VALUE))).isFalse());
    event.trigger();
    onThread(() -> assertThat(event.await(Duration.ofNanos(-1))).isTrue());
  }

  @Test
  void await_interruptedBefore_throwsAndClearsTheFlag() {
    Subject event = surface.create(events);
    onThread(() -> {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(event::await)
          .withMessage("interrupted before waiting for %s", event.handle());
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    });
    assertThat(event.status()).isEqualTo(PENDING);
  }

  @Test
  void await_interruptedWhileWaiting_throwsAndLeavesTheEvent() throws Exception {
    Subject event = surface.create(events);
    try (var workers = new Workers()) {
      Thread untimed = workers.start(kind, "untimed", () -> assertInterrupted(event, event::await));
      Thread timed =
          workers.start(
              kind, "timed", () -> assertInterrupted(event, () -> event.await(Patience.LONG)));
      untilWaiting(2);
      untimed.interrupt();
      timed.interrupt();
    }
    assertThat(event.status()).isEqualTo(PENDING);
    event.trigger();
    assertThat(events.stats().waiters()).isZero();
  }

  private static void assertInterrupted(Subject event, Wait wait) {
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(wait::run)
        .withMessage("interrupted while waiting for %s", event.handle());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void await_unparkedForNoReason_goesOnWaiting() throws Exception {
    Subject event = surface.create(events);
    var triggered = new CountDownLatch(1);
    try (var workers = new Workers()) {
      Thread thread =
          workers.start(
              kind,
              "waiting",
              () -> {
                event.await();
                assertThat(triggered.getCount()).as("triggered before").isZero();
              });
      untilWaiting(1);
      for (int i = 0; i < 100; i++) {
        Patience.until("parked", () -> thread.getState() == Thread.State.WAITING);
        LockSupport.unpark(thread);
      }
      Patience.until("parked again", () -> thread.getState() == Thread.State.WAITING);
      triggered.countDown();
      event.trigger();
    }
  }

  @Test
  void await_timeoutWhileAListenerBeforeItIsBusy_returnsTheOutcome() throws Exception {
    Subject event = surface.create(events);
    var waited = new CountDownLatch(1);
    event.whenComplete(poison -> awaitQuietly(waited)); // ahead of the thread in the list
    try (var workers = new Workers()) {
      workers.start(
          kind,
          "waiting",
          () -> {
            while (!event.await(Duration.ofMillis(20))) {
              assertThat(waited.getCount()).isEqualTo(1);
            }
            waited.countDown();
          });
      untilWaiting(2);
      event.trigger();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      Patience.await(latch);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
