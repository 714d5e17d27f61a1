package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What happens with tasks beyond the capacity. */
class CapacityTest {
  @Test
  void full_withReject_poisonsAndCounts() {
    try (var hand = new ManualScheduler(c -> c.withCapacity(2))) {
      hand.submit("a", t -> t);
      hand.submit("b", t -> t);
      Event refused = hand.submit("c", t -> t);
      assertThat(ManualScheduler.poison(refused))
          .contains("no more tasks than the scheduler's capacity: capacity=2");
      assertThat(hand.stats().rejected()).isEqualTo(1);
      hand.runAll();
      hand.submit("d", t -> t);
      hand.runAll();
      assertThat(hand.ran).containsExactly("a", "b", "d");
    }
  }

  @Test
  void full_withBlock_submitterGoesOnWhenThereIsRoom() throws Exception {
    try (Scheduler scheduler = full();
        var workers = new Workers()) {
      var end = new CountDownLatch(1);
      scheduler.submit(() -> Patience.await(end));
      var second = new AtomicReference<Event>();
      Thread submitter = workers.start(() -> second.set(scheduler.submit(() -> {})));
      Patience.until("blocked", () -> submitter.getState() == Thread.State.WAITING);
      assertThat(second.get()).isNull();
      end.countDown();
      workers.join();
      second.get().await();
      assertThat(scheduler.stats().rejected()).isZero();
    }
  }

  @Test
  void full_withBlockAndInterrupt_rejectsAndKeepsTheInterrupt() {
    try (Scheduler scheduler = full();
        var workers = new Workers()) {
      var end = new CountDownLatch(1);
      scheduler.submit(() -> Patience.await(end));
      workers.start(() -> {
        Thread.currentThread().interrupt();
        Event refused = scheduler.submit(() -> {});
        assertThat(Thread.interrupted()).isTrue();
        assertThat(refused.status()).isEqualTo(EventStatus.POISONED);
      });
      workers.join();
      end.countDown();
    }
  }

  @Test
  void full_withBlockFromATask_rejectsInsteadOfWaiting() throws Exception {
    try (Scheduler scheduler = full()) {
      var inner = new AtomicReference<Event>();
      scheduler.submit(() -> inner.set(scheduler.submit(() -> {}))).await();
      assertThat(ManualScheduler.poison(inner.get())).contains("capacity=1");
    }
  }

  @Test
  void full_withBlockFromAListenerOfATask_rejectsInsteadOfWaiting() throws Exception {
    try (Scheduler scheduler = full()) {
      var inner = new AtomicReference<Event>();
      var registered = new CountDownLatch(1);
      Event task = scheduler.submit(() -> Patience.await(registered));
      task.whenComplete(poison -> inner.set(scheduler.submit(() -> {})));
      registered.countDown();
      Patience.until("the listener has returned", () -> inner.get() != null);
      assertThat(ManualScheduler.poison(inner.get())).contains("capacity=1");
    }
  }

  @Test
  void full_withBlockFromACompensation_rejectsInsteadOfWaiting() throws Exception {
    try (Scheduler scheduler = full()) {
      var inner = new AtomicReference<Event>();
      scheduler.submit(
          t -> t.undoneBy(cause -> inner.set(scheduler.submit(() -> {}))),
          () -> {
            throw new IllegalStateException("fails");
          });
      Patience.until("the compensation has returned", () -> inner.get() != null);
      assertThat(ManualScheduler.poison(inner.get())).contains("capacity=1");
    }
  }

  private static Scheduler full() {
    return Scheduler.open(c -> c.withCpuThreads(1).withCapacity(1).withOverflow(Overflow.BLOCK));
  }
}
