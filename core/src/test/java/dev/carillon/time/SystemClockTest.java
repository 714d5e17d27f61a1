package dev.carillon.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The real clock, its alarms, and timers on it. */
class SystemClockTest {
  private static final Clock CLOCK = Clock.system();

  private static boolean runs(String thread) {
    return Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals(thread));
  }

  @Test
  void system_isReal() {
    assertThat(CLOCK.isReal()).isTrue();
    assertThat(CLOCK).isSameAs(Clock.system());
    assertThat(Math.abs(System.nanoTime() - CLOCK.nanos())).isLessThan(Patience.LONG.toNanos());
    assertThat(Duration.between(CLOCK.now(), Instant.now()).abs()).isLessThan(Patience.LONG);
  }

  @Test
  void coarseNanos_neverAheadOfNanos() {
    for (int i = 0; i < 100_000; i++) {
      long coarse = CLOCK.coarseNanos();
      assertThat(CLOCK.nanos() - coarse >= 0).isTrue();
    }
  }

  @Test
  void await_returnsNotEarly_andAtOnceForNothing() throws Exception {
    long before = CLOCK.nanos();
    CLOCK.await(0);
    CLOCK.await(-1);
    CLOCK.await(2_000_000);
    assertThat(CLOCK.nanos() - before).isGreaterThanOrEqualTo(2_000_000);
  }

  @Test
  void await_onAThreadInterruptedBefore_throwsAtOnce() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> CLOCK.await(0)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void await_onAClockThatIsMoved_returnsWhenItsTimeHasCome() throws Exception {
    var clock = new ManualClock();
    var waits =
        new FutureTask<>(() -> {
          clock.await(1_000);
          return clock.nanos();
        });
    Thread waiting = Thread.ofPlatform().daemon().start(waits);
    Patience.until("it waits", () -> waiting.getState() == Thread.State.WAITING);
    clock.advance(Duration.ofNanos(999));
    clock.advance(Duration.ofNanos(1));
    assertThat(waits.get(Patience.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1_000);
  }

  @Test
  void alarm_set_ringsOnceNotEarlyOnItsThread() throws Exception {
    var rang = new CompletableFuture<String>();
    var times = new AtomicInteger();
    long deadline = CLOCK.nanos() + 5_000_000;
    try (var alarm =
        CLOCK.alarm(
            "test-alarm",
            () -> {
              times.incrementAndGet();
              assertThat(CLOCK.nanos() - deadline).isNotNegative();
              rang.complete(Thread.currentThread().getName());
            })) {
      assertThat(runs("test-alarm")).as("before it is set").isFalse();
      alarm.set(deadline);
      assertThat(rang.get(Patience.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("test-alarm");
    }
    assertThat(times).hasValue(1);
    assertThat(runs("test-alarm")).isFalse();
  }

  @Test
  void alarm_setAgain_followsTheLastDeadline() throws Exception {
    var rang = new CountDownLatch(1);
    try (var alarm = CLOCK.alarm("test-again", rang::countDown)) {
      alarm.set(CLOCK.nanos() + Duration.ofDays(1).toNanos());
      alarm.set(Clock.Alarm.NEVER);
      alarm.set(CLOCK.nanos() + 1_000_000);
      Patience.await(rang);
    }
  }

  @Test
  void alarm_closed_neverRingsAndHasNoThread() {
    for (int i = 0; i < 200; i++) {
      var closed = new AtomicInteger();
      var late = new AtomicInteger();
      var alarm = CLOCK.alarm("test-closed", () -> late.addAndGet(closed.get()));
      alarm.set(CLOCK.nanos() + 50_000);
      alarm.close();
      closed.set(1);
      alarm.close();
      alarm.set(CLOCK.nanos());
      assertThat(runs("test-closed")).isFalse();
      assertThat(late).hasValue(0);
    }
  }

  @Test
  void timers_onTheRealClock_neverRunEarly() throws Exception {
    int count = 2_000;
    var all = new CountDownLatch(count);
    List<Long> early = Collections.synchronizedList(new ArrayList<>());
    try (var timers = Timers.on(CLOCK, "test-real");
        var workers = new Workers()) {
      for (int thread = 0; thread < 2; thread++) {
        workers.start(() -> {
          for (int i = 0; i < count / 2; i++) {
            Duration delay = Duration.ofNanos((i * 104_729L) % 80_000_000);
            long deadline = CLOCK.nanos() + delay.toNanos();
            timers.schedule(
                delay,
                () -> {
                  if (CLOCK.nanos() - deadline < 0) {
                    early.add(deadline);
                  }
                  all.countDown();
                });
          }
        });
      }
      workers.join();
      Patience.await(all);
      assertThat(timers.pending()).isZero();
    }
    assertThat(early).isEmpty();
    assertThat(runs("test-real")).isFalse();
  }

  @Test
  void timers_cancelledByOtherThreads_runOrAreCancelled() throws Exception {
    int count = 20_000;
    var ran = new AtomicInteger();
    var cancelled = new AtomicInteger();
    try (var timers = Timers.on(CLOCK, "test-cancel")) {
      var pending = new ArrayList<Timer>();
      for (int i = 0; i < count; i++) {
        pending.add(timers.schedule(Duration.ofMillis(i % 20), ran::incrementAndGet));
      }
      try (var workers = new Workers()) {
        for (int t = 0; t < 2; t++) {
          workers.start(() -> {
            for (Timer timer : pending) {
              if (timer.cancel()) {
                cancelled.incrementAndGet();
              }
            }
          });
        }
      }
      Patience.until("all done", () -> ran.get() + cancelled.get() == count);
      assertThat(timers.pending()).isZero();
    }
  }

  @Test
  void close_insideATask_endsTheThread() throws Exception {
    var closed = new CountDownLatch(1);
    var timers = Timers.on(CLOCK, "test-self");
    timers.schedule(
        Duration.ZERO,
        () -> {
          timers.close();
          closed.countDown();
        });
    Patience.await(closed);
    Patience.until("the thread ended", () -> !runs("test-self"));
  }
}
