package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Nothing starves, whatever arrives. */
class StarvationTest {

  /** Submits a HIGH task that submits itself again as long as the test goes on. */
  private static void supply(ManualScheduler manual) {
    manual.scheduler.submit(
        t -> t.named("high").high(),
        () -> {
          manual.ran.add("high");
          if (!manual.isClosing()) {
            supply(manual);
          }
        });
  }

  private static void step(ManualScheduler manual, int times) {
    for (int i = 0; i < times; i++) {
      manual.threads.step();
    }
  }

  @TestFactory
  @Covers({"C16", "C21"})
  Stream<DynamicTest> endlessHigh_oldestLower_isPickedWithinItsShare() {
    return Property.check("the share of the lower bands", 100, StarvationTest::checkShare);
  }

  private static void checkShare(Gen gen) {
    int lowShare = gen.intBetween(2, 20);
    int bands = gen.intBetween(2, 5);
    int lower = gen.intBetween(1, 30);
    try (var manual = new ManualScheduler(c -> c.withLowShare(lowShare).withBands(bands))) {
      for (int i = gen.intBetween(1, 3); i > 0; i--) {
        supply(manual);
      }
      for (int j = 1; j <= lower; j++) {
        int band = gen.intBetween(1, bands - 1);
        Duration deadline = gen.chance(0.5) ? Duration.ofMillis(gen.intBetween(1, 9_999)) : null;
        manual.submit(
            "low" + j,
            t ->
                deadline == null
                    ? t.band(new Band(band))
                    : t.band(new Band(band)).deadline(deadline));
      }
      step(manual, lowShare * lower);
      for (int j = 1; j <= lower; j++) {
        assertThat(manual.ran.get(lowShare * j - 1)).isEqualTo("low" + j);
      }
    }
  }

  @Test
  void endlessRetries_olderLow_isPicked() {
    Retry always =
        Retry.DEFAULT
            .withMaxAttempts(Integer.MAX_VALUE)
            .withBackoff(Backoff.fixed(Duration.ofMillis(1)));
    try (var manual = new ManualScheduler(c -> c.withLowShare(2))) {
      supply(manual);
      for (int i = 0; i < 3; i++) {
        manual.scheduler.submit(
            t -> t.retry(always),
            () -> {
              if (!manual.isClosing()) {
                throw new IllegalStateException("again");
              }
            });
      }
      manual.submit("low");
      for (int i = 0; i < 20; i++) {
        manual.threads.step();
        manual.clock.advance(Duration.ofMillis(2));
      }
      assertThat(manual.ran).contains("low");
    }
  }

  @Test
  void endlessDowngrades_olderLow_isPicked() {
    try (var manual = new ManualScheduler(c -> c.withLowShare(2))) {
      manual.submit("low");
      for (int i = 0; i < 20; i++) {
        for (int k = 0; k < 2; k++) {
          manual.submit("late", t -> t.high().deadline(Duration.ofNanos(1)).late(Late.DOWNGRADE));
        }
        manual.submit("high", TaskOptions::high);
        manual.clock.advance(Duration.ofNanos(2));
        step(manual, 2);
      }
      assertThat(manual.ran).contains("low");
    }
  }

  /** An entry of a shard that does nothing. */
  private static final class Probe extends Entry {
    Probe(Shard shard, long number, int band) {
      super(shard, null, number, number, band);
    }

    @Override
    long latestStart() {
      return wanted();
    }

    @Override
    void queued(long now) {}

    @Override
    void behindKey(long now) {}

    @Override
    long since() {
      return 0;
    }

    @Override
    void run(long now) {}

    @Override
    String name() {
      return "probe";
    }
  }

  @Test
  void endlessReturns_olderLow_isPickedWithinTwiceItsShare() {
    var shard = new Shard(3, 4, Entry.NEVER, (first, behind) -> {});
    var old = new Probe(shard, 0, 2);
    shard.post(Shard.Message.ARRIVED, old);
    Entry picked = null;
    int picks = 0;
    while (picked != old && picks < 100) {
      shard.post(Shard.Message.RETURNED, new Probe(shard, 1 + picks, 1));
      picked = shard.pick(0);
      picks++;
    }
    assertThat(picks).isLessThanOrEqualTo(2 * 4);
  }

  /** Chooses the queue that it is told to. */
  private static final class Told implements RandomGenerator {
    int choice;

    @Override
    public int nextInt(int bound) {
      return choice;
    }

    @Override
    public long nextLong() {
      throw new UnsupportedOperationException("only a queue is chosen");
    }
  }

  @Test
  void endlessHighInOneQueue_tasksInAnother_areStillRun() {
    var told = new Told();
    try (var manual = new ManualScheduler(c -> c.withShards(2).withLowShare(4).withRandom(told))) {
      supply(manual);
      supply(manual);
      told.choice = 1;
      manual.submit("other high", TaskOptions::high);
      manual.submit("other low");
      told.choice = 0;
      step(manual, 4 * 2 * 2);
      assertThat(manual.ran).contains("other high", "other low");
    }
  }

  @Test
  void ageing_lowReadyForLong_isPromoted() {
    try (var manual =
        new ManualScheduler(c -> c.withLowShare(1 << 20).withAgeing(Duration.ofSeconds(5)))) {
      supply(manual);
      manual.submit("low");
      manual.clock.advance(Duration.ofSeconds(4));
      step(manual, 100);
      assertThat(manual.ran).doesNotContain("low");
      manual.clock.advance(Duration.ofSeconds(10)); // its due time comes before that of new ones
      step(manual, 2);
      assertThat(manual.ran).contains("low");
      assertThat(manual.stats().bands().getFirst().promoted()).isEqualTo(1);
    }
  }

  @Test
  void ageing_whenReadyForLong_movesToTheHighestBand() {
    try (var manual = new ManualScheduler(c -> c.withBands(4).withAgeing(Duration.ofSeconds(1)))) {
      manual.submit("old", t -> t.band(new Band(3)).deadline(Duration.ofSeconds(10)));
      manual.clock.advance(Duration.ofMillis(1_500));
      manual.submit("young", t -> t.band(new Band(2)));
      manual.submit("high", t -> t.high().deadline(Duration.ofSeconds(60)));
      manual.threads.runAll();
      assertThat(manual.ran).containsExactly("old", "high", "young");
      assertThat(manual.stats().bands().getFirst().promoted()).isEqualTo(1);
    }
  }

  @Test
  @Covers("C21")
  void highLoadOnThreads_low_hasItsShareOfTheDispatches() throws Exception {
    int most = 20_000;
    var dispatched = new AtomicInteger();
    var low = new AtomicInteger();
    var enough = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2))) {
      var gate = new CountDownLatch(1);
      for (int i = 0; i < 2; i++) {
        scheduler.submit(TaskOptions::high, () -> Patience.await(gate));
      }
      for (int i = 0; i < 8; i++) {
        supply(scheduler, dispatched, most, enough);
      }
      for (int i = 0; i < 4_000; i++) {
        scheduler.submit(() -> {
          if (dispatched.incrementAndGet() <= most) {
            low.incrementAndGet();
          }
        });
      }
      gate.countDown();
      Patience.await(enough);
    }
    assertThat(low.get()).isGreaterThanOrEqualTo(most * 6 / 100);
  }

  private static void supply(
      Scheduler scheduler, AtomicInteger dispatched, int most, CountDownLatch enough) {
    scheduler.submit(
        TaskOptions::high,
        () -> {
          if (dispatched.incrementAndGet() < most) {
            supply(scheduler, dispatched, most, enough);
          } else {
            enough.countDown();
          }
        });
  }
}
