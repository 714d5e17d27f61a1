package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tasks of one key run one after another. */
class KeyTest {
  private static final int KEYS = 3;

  @TestFactory
  Stream<DynamicTest> randomProgram_onThreads_runsEachKeyInOrderAndOneAtATime() {
    return Property.check("keys in order, one at a time", 20, KeyTest::runProgram);
  }

  private static void runProgram(Gen gen) throws Exception {
    var inFlight = new AtomicIntegerArray(KEYS);
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    List<Queue<Integer>> ran = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      ran.add(new ConcurrentLinkedQueue<>());
    }
    Retry retry = Retry.of(r -> r.withBackoff(Backoff.fixed(Duration.ofNanos(100_000))));
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(4))) {
      var events = new ArrayList<Event>();
      for (int i = gen.intBetween(20, 150); i > 0; i--) {
        int number = events.size();
        int key = gen.intBetween(0, KEYS - 1);
        int failures = gen.chance(0.3) ? gen.intBetween(1, 4) : 0;
        var attempts = new int[1]; // handed from one attempt to the next
        Band band = gen.oneOf(Band.HIGH, Band.LOW);
        events.add(
            scheduler.submit(
                t -> t.key(key).band(band).retry(retry),
                () -> {
                  if (inFlight.incrementAndGet(key) != 1) {
                    wrong.add("two at once with key " + key);
                  }
                  ran.get(key).add(number);
                  Thread.yield();
                  inFlight.decrementAndGet(key);
                  if (++attempts[0] <= failures) {
                    throw new IllegalStateException("fails");
                  }
                }));
        if (gen.chance(0.2)) {
          gen.oneOf(events).tryPoison("not wanted any more");
        }
      }
      assertThat(scheduler.awaitIdle(Patience.LONG)).isTrue();
      SchedulerStats stats = scheduler.stats();
      assertThat(stats.succeeded() + stats.failed() + stats.cancelled()).isEqualTo(events.size());
    }
    assertThat(wrong).isEmpty();
    ran.forEach(numbers -> assertThat(List.copyOf(numbers)).isSorted());
  }

  @Test
  void tasks_ofDifferentKeys_runAtOnce() throws Exception {
    try (Scheduler scheduler = Scheduler.open(c -> c.withCpuThreads(2))) {
      var both = new CyclicBarrier(2);
      Work meet = () -> both.await(Patience.LONG.toNanos(), TimeUnit.NANOSECONDS);
      Event a = scheduler.submit(t -> t.key("a"), meet);
      Event b = scheduler.submit(t -> t.key("b"), meet);
      a.await();
      b.await();
    }
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
}
