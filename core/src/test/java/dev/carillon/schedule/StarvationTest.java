package dev.carillon.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Property;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The share of the lower bands, while the highest never has nothing to do. */
class StarvationTest {
  private static final int DISPATCHES = 20_000;

  @TestFactory
  @Covers({"C16", "C21"})
  Stream<DynamicTest> endlessHigh_jthOldestLower_isDispatchedWithinShareTimesJ() {
    return Property.check("within share times j", 100, StarvationTest::dispatchBesideEndlessHigh);
  }

  private static void dispatchBesideEndlessHigh(Gen gen) {
    int bands = gen.intBetween(2, 6);
    int lowShare = gen.intBetween(2, 32);
    int lower = gen.intBetween(1, 40);
    var threads = new ManualThreads();
    List<Integer> ranAt = new ArrayList<>(); // the dispatch at which the oldest, the next … ran
    int[] dispatches = {0};
    boolean[] over = {false};
    try (var scheduler =
        Scheduler.open(c ->
            ManualThreads.config(c, threads, new GateClock())
                .withBands(bands)
                .withLowShare(lowShare))) {
      for (int i = 0; i < gen.intBetween(1, 3); i++) {
        submitEndless(scheduler, dispatches, over);
      }
      for (int i = gen.intBetween(0, 40); i > 0; i--) {
        threads.step();
      }
      int before = dispatches[0];
      for (int j = 0; j < lower; j++) {
        ranAt.add(-1);
        int index = j;
        var band = new Band(gen.intBetween(1, bands - 1));
        scheduler.submit(t -> t.band(band), () -> ranAt.set(index, ++dispatches[0] - before));
      }
      for (int i = 0; i <= lowShare * lower; i++) {
        threads.step();
      }
      over[0] = true;
      threads.runDirectly();
    }
    for (int j = 1; j <= lower; j++) {
      assertThat(ranAt.get(j - 1)).as("oldest but %s", j - 1).isBetween(1, lowShare * j);
    }
  }

  private static void submitEndless(Scheduler scheduler, int[] dispatches, boolean[] over) {
    scheduler.submit(
        t -> t.high(),
        () -> {
          dispatches[0]++;
          if (!over[0]) {
            submitEndless(scheduler, dispatches, over);
          }
        });
  }

  @Test
  @Covers("C21")
  void threads_underFullHighLoad_giveLowSixPercent() throws Exception {
    var high = new AtomicInteger();
    var low = new AtomicInteger();
    var done = new CountDownLatch(1);
    try (var scheduler = Scheduler.open(c -> c.withCpuThreads(2))) {
      for (int i = 0; i < 8; i++) {
        submitAgain(scheduler, Band.HIGH, high, low, done);
        submitAgain(scheduler, Band.LOW, low, high, done);
      }
      Patience.await(done);
    }
    double share = (double) low.get() / (low.get() + high.get());
    assertThat(share).isBetween(0.06, 0.5);
  }

  /** Submits a task that submits itself, until so many of both kinds have run. */
  private static void submitAgain(
      Scheduler scheduler,
      Band band,
      AtomicInteger mine,
      AtomicInteger others,
      CountDownLatch done) {
    scheduler.submit(
        t -> t.band(band),
        () -> {
          if (mine.incrementAndGet() + others.get() >= DISPATCHES) {
            done.countDown();
          } else {
            submitAgain(scheduler, band, mine, others, done);
          }
        });
  }
}
