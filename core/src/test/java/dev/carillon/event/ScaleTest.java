package dev.carillon.event;

import static dev.carillon.event.EventStatus.PENDING;
import static dev.carillon.event.EventStatus.POISONED;
import static dev.carillon.event.EventStatus.TRIGGERED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Large numbers of everything. */
class ScaleTest {
  private static final int MILLION = 1_000_000;
  private static final int SMALL_STACK = 256 * 1024;

  // unhurried: whatever follows a completion follows on the thread, and the stack, that completes
  private final EventSystem events = Systems.unhurried(c -> c.withTraceEvery(0));
  private final RawEvents raw = events.raw();

  @AfterEach
  void close() {
    events.close();
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Completes an event on a thread whose stack is too small for any recursion. */
  private static void onSmallStack(Workers.Task task) throws Exception {
    var failure = new Throwable[1];
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                failure[0] = e;
              }
            },
            "small stack",
            SMALL_STACK);
    thread.start();
    assertThat(thread.join(Patience.LONG)).isTrue();
    assertThat(failure[0]).isNull();
  }

  @Test
  @Covers({"V14", "V16"})
  void createAndTrigger_hundredMillion_heapStaysFlat() {
    long first = raw.create();
    raw.trigger(first);
    long failed = raw.create();
    raw.poison(failed, "disk full");
    for (int i = 0; i < MILLION; i++) {
      raw.trigger(raw.create());
    }
    long before = usedHeap();
    for (int i = MILLION + 2; i < 100 * MILLION; i++) {
      raw.trigger(raw.create());
    }
    assertThat(usedHeap() - before).as("growth of the heap").isLessThan(2 << 20);
    assertThat(events.stats().created()).isEqualTo(100L * MILLION);
    assertThat(raw.status(first)).isEqualTo(TRIGGERED);
    assertThat(raw.status(failed)).isEqualTo(POISONED);
    assertThat(events.stats().pending()).isZero();
    assertThat(events.stats().slots()).isLessThanOrEqualTo(128);
  }

  @Test
  @Covers("V3")
  void trigger_millionListeners_runsEachOnce() throws Exception {
    long event = raw.create();
    var heard = new AtomicIntegerArray(MILLION);
    var all = new CountDownLatch(MILLION);
    for (int i = 0; i < MILLION; i++) {
      int listener = i;
      raw.whenComplete(
          event,
          poison -> {
            heard.incrementAndGet(listener);
            all.countDown();
          });
    }
    assertThat(events.stats().waiters()).isEqualTo(MILLION);
    raw.trigger(event);
    Patience.await(all);
    Patience.until("no waiter is left", () -> events.stats().waiters() == 0);
    assertThat(IntStream.range(0, MILLION).filter(i -> heard.get(i) != 1)).isEmpty();
  }

  @Test
  @Covers("V5")
  void merge_chainOfMillion_completesOnASmallStack() throws Exception {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < MILLION; i++) {
      last = raw.merge(last);
    }
    long end = last;
    onSmallStack(() -> {
      raw.trigger(first);
      raw.await(end);
    });
    assertThat(raw.status(end)).isEqualTo(TRIGGERED);
    Patience.until("no waiter is left", () -> events.stats().waiters() == 0);
  }

  @Test
  @Covers({"V5", "V7"})
  void merge_poisonedChainOfMillion_keeps16HopsAndTheRoot() throws Exception {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < MILLION; i++) {
      last = raw.merge(last);
    }
    long end = last;
    onSmallStack(() -> raw.poison(first, "disk full"));
    Patience.until("the end is reached", () -> raw.status(end) == POISONED);
    Poison poison = raw.event(end).poison().orElseThrow();
    assertThat(poison.path()).hasSize(Poison.MAX_HOPS + 1);
    assertThat(poison.cutHops()).isEqualTo(MILLION - Poison.MAX_HOPS);
    assertThat(poison.rootCauses()).extracting(Poison::reason).containsExactly("disk full");
  }

  @Test
  void whenComplete_chainOfMillionListeners_completesOnASmallStack() throws Exception {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < MILLION; i++) {
      long next = raw.create();
      raw.whenComplete(last, poison -> raw.trigger(next));
      last = next;
    }
    long end = last;
    onSmallStack(() -> {
      raw.trigger(first);
      raw.await(end);
    });
    assertThat(raw.status(end)).isEqualTo(TRIGGERED);
  }

  @Test
  void whenComplete_longChainOfListeners_completesOnAVirtualThread() throws Exception {
    long first = raw.create();
    long last = first;
    for (int i = 0; i < MILLION / 10; i++) {
      long next = raw.create();
      raw.whenComplete(last, poison -> raw.trigger(next));
      last = next;
    }
    long end = last;
    try (var workers = new Workers()) {
      workers.start(
          Workers.Kind.VIRTUAL,
          "virtual",
          () -> {
            raw.trigger(first);
            raw.await(end);
          });
    }
    assertThat(raw.status(end)).isEqualTo(TRIGGERED);
  }

  @Test
  @Covers("V4")
  void merge_ofMillion_completesAfterTheLast() {
    var inputs = new long[MILLION];
    for (int i = 0; i < MILLION; i++) {
      inputs[i] = raw.create();
    }
    long merged = raw.merge(inputs);
    for (int i = MILLION - 1; i > 0; i--) {
      raw.trigger(inputs[i]);
    }
    assertThat(raw.status(merged)).isEqualTo(PENDING);
    raw.trigger(inputs[0]);
    assertThat(raw.status(merged)).isEqualTo(TRIGGERED);
    assertThat(events.stats().waiters()).isZero();
  }

  @Test
  @Covers("V3")
  void await_hundredThousandVirtualThreads_allWake() throws Exception {
    int threads = 100_000;
    Event event = events.newEvent();
    var woken = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      Thread.startVirtualThread(() -> {
        try {
          event.await();
          woken.countDown();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }
    // none of them holds its carrier, or they could not all have come this far
    Patience.until("all wait", () -> events.stats().waiters() == threads);
    event.trigger();
    Patience.await(woken);
  }

  @Test
  @Covers({"V1", "C41"})
  void create_tenMillionPending_allAreThere() {
    int count = 10 * MILLION;
    var handles = new long[count];
    long before = usedHeap();
    for (int i = 0; i < count; i++) {
      handles[i] = raw.create();
    }
    assertThat(events.stats().pending()).isEqualTo(count);
    assertThat((double) (usedHeap() - before) / count).as("bytes each").isLessThan(28);
    for (long handle : handles) {
      raw.trigger(handle);
    }
    assertThat(events.stats().pending()).isZero();
    Reference.reachabilityFence(events);
  }

  @Test
  void await_millionTimeouts_leaveNothingBehind() {
    Event never = events.newEvent();
    never.whenComplete(poison -> {}); // somebody who stays
    Duration moment = Duration.ofNanos(1);
    try (var workers = new Workers()) {
      for (int t = 0; t < 4; t++) {
        workers.start(() -> {
          for (int i = 0; i < MILLION / 4; i++) {
            assertThat(never.await(moment)).isFalse();
          }
        });
      }
    }
    assertThat(events.explain(never).waiters()).hasSize(1);
    for (int i = 0; i < 100; i++) { // what contention kept from being unlinked is unlinked now
      Registration older = never.whenComplete(poison -> {});
      Registration newer = never.whenComplete(poison -> {});
      older.remove();
      newer.remove();
    }
    assertThat(events.stats().waiters()).isLessThan(100);
    never.trigger();
    assertThat(events.stats().waiters()).isZero();
  }
}
