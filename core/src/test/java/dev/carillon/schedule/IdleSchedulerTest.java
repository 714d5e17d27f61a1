package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Patience;
import dev.carillon.event.Event;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A scheduler with nothing to do wakes nobody. */
class IdleSchedulerTest {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String NAME = "idle-scheduler";

  /** What the threads have used so far, and how often they fell asleep. */
  private record Used(Duration processor, long waits) {}

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(NAME))
        .toList();
  }

  private static Used used(List<Thread> threads) {
    long nanos = 0;
    long waits = 0;
    for (Thread thread : threads) {
      nanos += THREADS.getThreadCpuTime(thread.threadId());
      ThreadInfo info = THREADS.getThreadInfo(thread.threadId());
      waits += info == null ? 0 : info.getWaitedCount();
    }
    return new Used(Duration.ofNanos(nanos), waits);
  }

  @Test
  @Covers("C24")
  void idleScheduler_withWaitingTasksLanesAndSchedules_usesNoProcessor() throws Exception {
    try (var scheduler =
        Scheduler.open(c -> c.withName(NAME).withCpuThreads(4).withResource("gpu", 1))) {
      Lane<String> lane = scheduler.lane(c -> c.batches(10, Duration.ofMillis(5)), batch -> {});
      for (int i = 0; i < 100; i++) {
        lane.offer("item");
        scheduler.submit(() -> {});
      }
      lane.handled().await();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      Event never = scheduler.events().newEvent();
      for (int i = 0; i < 100; i++) {
        scheduler.submit(
            t -> t.after(never).timeout(Duration.ofHours(1)).needs("gpu", 1).locks("l").key("k"),
            () -> {});
      }
      Schedule hourly = Schedule.fixedRate(Duration.ofHours(1)).startingAfter(Duration.ofHours(1));
      Repetition far = scheduler.repeat(t -> t, hourly, () -> {});
      Repetition cron =
          scheduler.repeat(t -> t, Schedule.cron("0 0 0 1 1 *", ZoneOffset.UTC), () -> {});
      List<Thread> threads = threads();
      assertThat(threads).isNotEmpty();
      Patience.until(
          "all park",
          () -> threads.stream().allMatch(t -> t.getState().name().endsWith("WAITING")));
      Used before = used(threads);
      scheduler.events().after(Duration.ofSeconds(1)).await();
      Used after = used(threads);
      assertThat(after.processor().minus(before.processor())).isLessThan(Duration.ofMillis(5));
      assertThat(after.waits() - before.waits()).as("wake-ups in a second").isLessThanOrEqualTo(1);
      far.close();
      cron.close();
    }
  }
}
