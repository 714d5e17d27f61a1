package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.CapturedLog;
import dev.carillon.build.Patience;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What a completion causes beyond its time budget goes to another thread. */
class OverflowTest {
  private static final int WAITERS = 2_000;
  private static final Duration NO_TIME = Duration.ofNanos(1);

  private final List<Object> seen = new ArrayList<>();

  private void trigger(EventSystem events) {
    Event event = events.newEvent();
    for (int i = 0; i < WAITERS; i++) {
      int number = i;
      event.whenComplete(poison -> seen.add(number));
    }
    event.trigger();
  }

  @Test
  void trigger_beyondTheBudget_handsTheRestToTheExecutor() {
    Queue<Runnable> submitted = new ArrayDeque<>();
    try (var events = EventSystem.create(c -> c.withCascadeBudget(NO_TIME, submitted::add))) {
      trigger(events);
      assertThat(seen).isNotEmpty().hasSizeLessThan(WAITERS);
      while (!submitted.isEmpty()) {
        submitted.remove().run();
      }
      assertThat(seen).hasSize(WAITERS).isSorted();
    }
  }

  @Test
  void trigger_withinTheBudget_usesNoExecutor() {
    Queue<Runnable> submitted = new ArrayDeque<>();
    try (var events =
        EventSystem.create(c -> c.withCascadeBudget(Duration.ofDays(1_000), submitted::add))) {
      trigger(events);
      assertThat(submitted).isEmpty();
      assertThat(seen).hasSize(WAITERS).isSorted();
    }
  }

  @Test
  void poison_beyondTheBudget_reachesAllMerges() {
    Queue<Runnable> submitted = new ArrayDeque<>();
    try (var events = EventSystem.create(c -> c.withCascadeBudget(NO_TIME, submitted::add))) {
      Event source = events.newEvent();
      var merges = new ArrayList<Event>();
      for (int i = 0; i < WAITERS; i++) {
        Event merge = events.merge(source);
        merge.whenComplete(seen::add);
        merges.add(merge);
      }
      source.poison("disk full");
      while (!submitted.isEmpty()) {
        submitted.remove().run();
      }
      assertThat(seen).hasSize(WAITERS).doesNotContainNull();
      assertThat(merges).allMatch(m -> m.status() == EventStatus.POISONED);
    }
  }

  @Test
  void trigger_executorRefuses_goesOnOnTheCaller() {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (var events = EventSystem.create(c -> c.withCascadeBudget(NO_TIME, refusing))) {
      trigger(events);
      assertThat(seen).hasSize(WAITERS).isSorted();
    }
  }

  @Test
  void trigger_executorFails_goesOnOnTheCaller() {
    Executor failing =
        task -> {
          throw new OutOfMemoryError("made up: no thread");
        };
    try (var log = new CapturedLog("dev.carillon.event");
        var events = EventSystem.create(c -> c.withCascadeBudget(NO_TIME, failing))) {
      trigger(events);
      assertThat(seen).hasSize(WAITERS).isSorted();
      assertThat(log.thrown()).hasAtLeastOneElementOfType(OutOfMemoryError.class);
    }
  }

  @Test
  void trigger_busyListenersAndDefaultExecutor_endOnAnotherThread() throws Exception {
    var all = new CountDownLatch(WAITERS);
    var elsewhere = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    try (var events = EventSystem.create()) {
      Event event = events.newEvent();
      for (int i = 0; i < WAITERS; i++) {
        event.whenComplete(poison -> {
          spin(Duration.ofNanos(200_000)); // 0.4 s in all, eight times the default budget
          all.countDown();
          if (!Thread.currentThread().equals(caller)) {
            elsewhere.countDown();
          }
        });
      }
      event.trigger();
      Patience.await(elsewhere);
      Patience.await(all);
    }
  }

  private static void spin(Duration time) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < time.toNanos()) {
      Thread.onSpinWait();
    }
  }
}
