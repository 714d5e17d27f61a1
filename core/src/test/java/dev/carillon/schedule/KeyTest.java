package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.build.Workers;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tasks of one key run one after another. */
class KeyTest {
  /** What the tasks of one key have done. */
  private static final class Journal {
    final AtomicInteger inside = new AtomicInteger();
    final Queue<Integer> ran = new ConcurrentLinkedQueue<>();
    final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    void attempt(int number) {
      if (inside.incrementAndGet() != 1) {
        wrong.add("not alone: " + number);
      }
      ran.add(number);
      Thread.yield();
      inside.decrementAndGet();
    }
  }

  @TestFactory
  @Covers("C19")
  Stream<DynamicTest> randomTasks_onThreads_oneAtATimeAndInOrder() {
    return Property.check("the order of each key", 60, KeyTest::runRandom);
  }

  private static void runRandom(Gen gen) throws Exception {
    List<Journal> journals = new ArrayList<>();
    try (var scheduler =
            Scheduler.open(
                c -> c.withCpuThreads(gen.intBetween(1, 4)).withShards(gen.intBetween(0, 3)));
        var workers = new Workers()) {
      for (int key = gen.intBetween(1, 4); key > 0; key--) {
        var journal = new Journal();
        journals.add(journal);
        Gen own = gen.split();
        String name = "key" + key;
        workers.start(() -> submitAll(scheduler, own, name, journal));
      }
      workers.join();
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      SchedulerStats stats = scheduler.stats();
      assertThat(stats.succeeded() + stats.failed() + stats.cancelled())
          .isEqualTo(stats.submitted());
    }
    for (Journal journal : journals) {
      assertThat(journal.wrong).isEmpty();
      assertThat(List.copyOf(journal.ran)).isSorted();
    }
  }

  private static void submitAll(Scheduler scheduler, Gen gen, String key, Journal journal) {
    Retry retry = Retry.of(r -> r.withBackoff(Backoff.fixed(gen.oneOf(ns(1), ns(100_000)))));
    List<Event> events = new ArrayList<>();
    for (int i = gen.intBetween(0, 300); i > 0; i--) {
      int number = events.size();
      int failures = gen.chance(0.2) ? gen.intBetween(1, 4) : 0; // four are too many
      boolean high = gen.chance(0.3);
      int[] attempts = {0}; // handed from one attempt to the next
      events.add(
          scheduler.submit(
              t -> (high ? t.high() : t).key(key).retry(retry),
              () -> {
                journal.attempt(number);
                if (attempts[0]++ < failures) {
                  throw new IllegalStateException("fails");
                }
              }));
      if (gen.chance(0.1)) {
        gen.oneOf(events).tryPoison("not wanted any more");
      }
      if (gen.chance(0.1)) {
        scheduler.expedite(gen.oneOf(events), Band.HIGH, Duration.ofMillis(1));
      }
    }
  }

  private static Duration ns(int nanos) {
    return Duration.ofNanos(nanos);
  }

  @Test
  void cancel_ofTheFirstOrOneBehind_letsTheRestGoOn() {
    try (var hand = new ManualScheduler()) {
      Event first = hand.submit("first", t -> t.key("k"));
      hand.submit("second", t -> t.key("k"));
      Event third = hand.submit("third", t -> t.key("k"));
      hand.submit("fourth", t -> t.key("k"));
      hand.stats(); // looks at the queue, so that they stand behind the first
      first.poison("not wanted any more");
      third.poison("not wanted any more");
      hand.runAll();
      assertThat(hand.ran).containsExactly("second", "fourth");
      assertThat(hand.stats().held()).isZero();
    }
  }

  @Test
  void submit_keyOnTheCaller_isRefused() {
    try (var hand = new ManualScheduler()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hand.submit("a", t -> t.on(Placement.CALLER).key("k")))
          .withMessageContaining("must not have a key: key=k");
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
}
