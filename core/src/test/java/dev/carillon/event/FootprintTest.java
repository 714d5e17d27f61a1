package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.carillon.build.Covers;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.ClassLayout;

/** What events cost in memory: garbage and live bytes, both counted. */
class FootprintTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int OPERATIONS = 100_000;

  /** {@return the bytes that the calling thread allocates for each operation, once warm} */
  private static double bytesEach(Runnable operation) {
    for (int i = 0; i < OPERATIONS; i++) {
      operation.run();
    }
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < OPERATIONS; i++) {
      operation.run();
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / OPERATIONS;
  }

  @Test
  @Covers("V16")
  void raw_createTriggerAndAsk_makeNoGarbage() {
    try (var events = EventSystem.create()) {
      RawEvents raw = events.raw();
      assertThat(
              bytesEach(() -> {
                long event = raw.create();
                raw.trigger(event);
                raw.tryTrigger(event);
                raw.status(event);
              }))
          .isLessThan(0.1);
    }
  }

  @Test
  @Covers("V16")
  void raw_mergeAndRemove_makeNoGarbage() {
    try (var events = EventSystem.create()) {
      RawEvents raw = events.raw();
      var inputs = new long[4];
      var one = new long[1];
      CompletionListener never = poison -> {};
      assertThat(
              bytesEach(() -> {
                for (int i = 0; i < inputs.length; i++) {
                  inputs[i] = raw.create();
                }
                long merged = raw.merge(inputs);
                one[0] = merged;
                long chained = raw.merge(one);
                raw.remove(chained, raw.whenComplete(chained, never));
                for (long input : inputs) {
                  raw.trigger(input);
                }
              }))
          .isLessThan(0.1);
    }
  }

  @Test
  @Covers("V16")
  void raw_listen_makesNoGarbage() {
    try (var events = EventSystem.create()) {
      RawEvents raw = events.raw();
      var heard = new int[1];
      CompletionListener listener = poison -> heard[0]++;
      double bytes =
          bytesEach(() -> {
            long event = raw.create();
            raw.whenComplete(event, listener);
            raw.trigger(event);
          });
      // in a JVM that has ever recorded, a listener is timed by an event of the flight recorder
      assertThat(bytes).isLessThan(FlightRecorder.isInitialized() ? 64 : 0.1);
      assertThat(heard[0]).isEqualTo(2 * OPERATIONS);
    }
  }

  @Test
  @Covers("V16")
  void raw_awaitComplete_makesNoGarbage() {
    try (var events = EventSystem.create()) {
      RawEvents raw = events.raw();
      long event = raw.create();
      raw.trigger(event);
      assertThat(
              bytesEach(() -> {
                try {
                  raw.await(event);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }))
          .isLessThan(0.1);
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  @Covers("C41")
  void pendingEvents_million_take20BytesEach() {
    int count = 1_000_000;
    long before = usedHeap();
    try (var events = EventSystem.create(c -> c.withTraceEvery(0))) {
      RawEvents raw = events.raw();
      for (int i = 0; i < count; i++) {
        raw.create();
      }
      double bytes = (double) (usedHeap() - before) / count;
      assertThat(bytes).as("bytes a pending event").isBetween(15.0, 24.0);
      Reference.reachabilityFence(events);
    }
  }

  @Test
  @Covers("C41")
  void eventObjects_million_take24BytesEachOnTop() {
    int count = 1_000_000;
    try (var events = EventSystem.create(c -> c.withTraceEvery(0))) {
      RawEvents raw = events.raw();
      var handles = new long[count];
      for (int i = 0; i < count; i++) {
        handles[i] = raw.create();
      }
      var objects = new Event[count];
      long before = usedHeap();
      for (int i = 0; i < count; i++) {
        objects[i] = raw.event(handles[i]);
      }
      double bytes = (double) (usedHeap() - before) / count;
      assertThat(bytes).as("bytes an object").isBetween(15.0, 26.0);
      Reference.reachabilityFence(objects);
    }
  }

  @Test
  void threadCache_words_shareNoCacheLineWithOtherObjects() {
    var layout = ClassLayout.parseClass(ThreadCache.class);
    var words =
        layout.fields().stream()
            .filter(
                f -> f.hostClass().endsWith(".Turn") || f.hostClass().endsWith(".ThreadCacheWords"))
            .toList();
    assertThat(words).hasSizeGreaterThan(10);
    assertThat(words)
        .allSatisfy(word -> {
          assertThat(word.offset()).isGreaterThanOrEqualTo(128);
          assertThat(layout.instanceSize() - word.offset() - word.size())
              .isGreaterThanOrEqualTo(128);
        });
  }

  @Test
  @Covers("C41")
  void completedEvents_million_takeNothing() {
    try (var events = EventSystem.create()) {
      RawEvents raw = events.raw();
      raw.trigger(raw.create());
      long before = usedHeap();
      for (int i = 0; i < 1_000_000; i++) {
        raw.trigger(raw.create());
      }
      assertThat(usedHeap() - before).isLessThan(1 << 20);
      assertThat(events.stats().slots()).isLessThanOrEqualTo(128);
    }
  }
}
