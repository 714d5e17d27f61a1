package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** No more tasks are held than configured. */
class CapacityTest {

  @Test
  void reject_full_poisonsAtOnceAndSaysWhy() {
    try (var manual = new ManualScheduler(c -> c.withCapacity(2))) {
      manual.submit("one");
      manual.submit("two");
      Event third = manual.submit("three");
      assertThat(third.poison().orElseThrow().reason()).contains("capacity=2");
      assertThat(manual.stats().rejected()).isEqualTo(1);
      manual.threads.runAll();
      manual.submit("four");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("one", "two", "four");
    }
  }

  @Test
  void block_full_submittersGoOnWhenThereIsRoom() throws Exception {
    int most = 3;
    var running = new AtomicInteger();
    var ran = new AtomicInteger();
    try (var scheduler =
            Scheduler.open(
                c -> c.withCpuThreads(2).withCapacity(most).withOverflow(Overflow.BLOCK));
        var workers = new Workers()) {
      for (int w = 0; w < 4; w++) {
        workers.start(() -> {
          for (int i = 0; i < 2_000; i++) {
            scheduler.submit(() -> {
              assertThat(running.incrementAndGet()).isLessThanOrEqualTo(most);
              ran.incrementAndGet();
              running.decrementAndGet();
            });
          }
        });
      }
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(ran).hasValue(8_000);
      assertThat(scheduler.stats().rejected()).isZero();
    }
  }

  @Test
  void block_submitterInsideATask_isRejectedInstead() throws Exception {
    try (var scheduler =
        Scheduler.open(c -> c.withCpuThreads(1).withCapacity(1).withOverflow(Overflow.BLOCK))) {
      var inner = new AtomicReference<Event>();
      Event outer = scheduler.submit(() -> inner.set(scheduler.submit(() -> {})));
      assertThat(outer.await(Patience.LONG)).isTrue();
      assertThat(inner.get().status()).isEqualTo(EventStatus.POISONED);
    }
  }

  @Test
  void block_submitterIsInterrupted_isRejectedAndStaysInterrupted() throws Exception {
    var gate = new CountDownLatch(1);
    try (var scheduler =
            Scheduler.open(c -> c.withCpuThreads(1).withCapacity(1).withOverflow(Overflow.BLOCK));
        var workers = new Workers()) {
      scheduler.submit(() -> Patience.await(gate));
      Thread submitter =
          workers.start(() -> {
            Event refused = scheduler.submit(() -> {});
            assertThat(refused.status()).isEqualTo(EventStatus.POISONED);
            assertThat(Thread.interrupted()).isTrue();
          });
      Patience.until("it waits", () -> submitter.getState() == Thread.State.WAITING);
      submitter.interrupt();
      workers.join();
      gate.countDown();
    }
  }

  @Test
  void awaitIdle_timeOver_isFalse() throws Exception {
    var gate = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(1))) {
      assertThat(scheduler.awaitIdle(Duration.ZERO)).isTrue();
      scheduler.submit(() -> Patience.await(gate));
      assertThat(scheduler.awaitIdle(Duration.ofMillis(1))).isFalse();
      gate.countDown();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
    }
  }
}
