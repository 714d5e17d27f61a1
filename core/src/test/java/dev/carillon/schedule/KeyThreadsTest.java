package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tasks with one key run one after another, in order; those with others at once. */
class KeyThreadsTest {

  /** What the tasks of one key have done; written by one at a time, which is what is checked. */
  private static final class Lane {
    final AtomicInteger inside = new AtomicInteger();
    int last = -1;
  }

  @TestFactory
  @Covers("C19")
  Stream<DynamicTest> randomTasks_onThreads_oneAtATimeAndInOrder() {
    return Property.check("the order of each key", 40, KeyThreadsTest::run);
  }

  private static void run(Gen gen) throws Exception {
    int keys = gen.intBetween(1, 4);
    Retry retry = Retry.DEFAULT.withMaxAttempts(3).withBackoff(Backoff.fixed(Duration.ofNanos(1)));
    try (var scheduler =
            Scheduler.open(
                c -> c.withCpuThreads(gen.intBetween(1, 4)).withShards(gen.intBetween(0, 3)));
        var workers = new Workers()) {
      for (int k = 0; k < keys; k++) {
        Gen own = gen.split();
        int key = k;
        workers.start(() -> submitAll(scheduler, own, key, retry));
      }
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      assertThat(scheduler.stats().failed()).isZero();
    }
  }

  private static void submitAll(Scheduler scheduler, Gen gen, int key, Retry retry)
      throws Exception {
    var lane = new Lane();
    List<Event> events = new ArrayList<>();
    for (int i = gen.intBetween(0, 300); i > 0; i--) {
      int number = events.size();
      boolean fails = gen.chance(0.1);
      boolean high = gen.chance(0.3);
      int[] attempts = {0};
      events.add(
          scheduler.submit(
              t -> (high ? t.high() : t).key("key" + key).retry(retry),
              () -> {
                assertThat(lane.inside.incrementAndGet()).isEqualTo(1);
                try {
                  assertThat(lane.last).isLessThan(number);
                  if (fails && attempts[0]++ == 0) {
                    throw new IllegalStateException("once");
                  }
                  lane.last = number;
                } finally {
                  lane.inside.decrementAndGet();
                }
              }));
      if (gen.chance(0.1)) {
        gen.oneOf(events).tryPoison("cancelled");
      }
      if (gen.chance(0.1)) {
        scheduler.expedite(gen.oneOf(events), Band.HIGH, Duration.ofMillis(1));
      }
    }
  }

  @Test
  @Covers("C19")
  void differentKeys_onThreads_runAtOnce() throws Exception {
    var barrier = new CyclicBarrier(2);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2))) {
      List<Event> tasks = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        String key = "key" + i;
        tasks.add(
            scheduler.submit(
                t -> t.key(key), () -> barrier.await(Patience.LONG.toSeconds(), TimeUnit.SECONDS)));
      }
      assertThat(scheduler.events().merge(tasks).await(Patience.LONG)).isTrue();
    }
  }

  @Test
  void failed_firstOfAKey_theNextRuns() {
    try (var manual = new ManualScheduler()) {
      manual.scheduler.submit(
          t -> t.key("k"),
          () -> {
            throw new IllegalStateException("made up");
          });
      Event cancelled = manual.submit("cancelled", t -> t.key("k"));
      manual.submit("last", t -> t.key("k"));
      cancelled.poison("not wanted");
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("last");
      assertThat(manual.stats().held()).isZero();
    }
  }

  @Test
  void retried_firstOfAKey_keepsTheKey() {
    Retry retry = Retry.DEFAULT.withBackoff(Backoff.fixed(Duration.ofMillis(10)));
    int[] attempts = {0};
    try (var manual = new ManualScheduler()) {
      manual.scheduler.submit(
          t -> t.key("k").retry(retry),
          () -> {
            if (attempts[0]++ == 0) {
              throw new IllegalStateException("once");
            }
            manual.ran.add("first");
          });
      manual.submit("second", t -> t.key("k"));
      manual.threads.runAll();
      assertThat(manual.ran).isEmpty();
      manual.clock.advance(Duration.ofMillis(11));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("first", "second");
    }
  }

  @Test
  void oneThreadBusy_entryPostedWhileStatisticsAreRead_isStillRun() throws Exception {
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2));
        var workers = new Workers()) {
      var over = new CountDownLatch(1);
      workers.start(() -> {
        while (over.getCount() > 0) {
          scheduler.stats();
        }
      });
      for (int i = 0; i < 20_000; i++) {
        assertThat(scheduler.submit(() -> {}).await(Patience.LONG)).isTrue();
      }
      over.countDown();
    }
  }
}
