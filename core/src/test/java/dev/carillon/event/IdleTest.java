package dev.carillon.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Waiting costs no processor time. */
class IdleTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** {@return the processor time that the threads have used so far} */
  private static Duration used(List<Thread> threads) {
    long nanos = 0;
    for (Thread thread : threads) {
      nanos += THREADS.getThreadCpuTime(thread.threadId());
    }
    return Duration.ofNanos(nanos);
  }

  private static List<Thread> carillonThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("carillon-"))
        .toList();
  }

  @Test
  @Covers("C24")
  void idleSystem_pendingAwaitsAndFarTimers_useNoProcessor() throws Exception {
    try (var events = EventSystem.create(c -> c.withName("idle").withTraceEvery(1));
        var workers = new Workers()) {
      Event never = events.newEvent();
      var idle = new ArrayList<Thread>();
      for (int i = 0; i < 20; i++) {
        idle.add(workers.start(never::await));
        idle.add(workers.start(() -> never.await(Patience.LONG)));
        events.after(Duration.ofHours(1 + i));
        events.merge(never, events.newEvent()).orPoisonAfter(Duration.ofDays(1 + i));
      }
      Patience.until(
          "all park", () -> idle.stream().allMatch(t -> t.getState().name().endsWith("WAITING")));
      idle.addAll(carillonThreads());
      Duration before = used(idle);
      events.after(Duration.ofSeconds(1)).await();
      assertThat(used(idle).minus(before)).isLessThan(Duration.ofMillis(20));
      never.trigger();
    }
  }
}
