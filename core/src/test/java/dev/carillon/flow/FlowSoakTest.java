package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.build.Covers;
import dev.carillon.build.Gen;
import dev.carillon.build.Patience;
import dev.carillon.build.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * Random cycles with faults, ended in random ways by several threads, all on one scheduler: neither
 * memory nor threads grow, and all that was taken is given back. {@code -Dcarillon.soak=PT2M} says
 * how long.
 */
@Covers({"S18", "S29"})
class FlowSoakTest {
  /*
   * Each run is begun and ended under the read lock. Now and then the sampler takes the write lock,
   * when nothing is under way, and looks what is left, how large the heap is, and at the threads.
   */
  private static final Duration TIME = Duration.parse(System.getProperty("carillon.soak", "PT5S"));
  private static final int SAMPLES = 10;
  private static final int ACTORS = 3;
  private static final long SLACK_BYTES = 4 << 20;
  private static final int SLACK_THREADS = 4; // of the JVM's own

  private record Sample(long bytes, int threads) {}

  private final Logger log = Logger.getLogger("dev.carillon"); // held, to stay silent
  private final ReentrantReadWriteLock rest = new ReentrantReadWriteLock(true);
  private final AtomicLong runs = new AtomicLong();
  private final CountDownLatch isOver = new CountDownLatch(1);

  @Test
  void manyRuns_forLong_leaveNothingAndDoNotGrow() throws Exception {
    Level before = log.getLevel();
    log.setLevel(Level.OFF);
    var samples = new ArrayList<Sample>();
    try (var house = new LeakCheck(3);
        var workers = new Workers()) {
      for (int i = 0; i < ACTORS; i++) {
        var seeds = new Gen(i);
        workers.start(() -> act(house, seeds));
      }
      try {
        long start = System.nanoTime();
        for (int i = 1; i <= SAMPLES; i++) {
          long due = TIME.multipliedBy(i).dividedBy(SAMPLES).toNanos();
          while (System.nanoTime() - start < due) {
            isOver.await(due - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
          }
          samples.add(sample(house));
        }
      } finally {
        isOver.countDown();
      }
    } finally {
      log.setLevel(before);
    }
    assertThat(runs.get()).isGreaterThan(100);
    assertDoesNotGrow(samples);
  }

  /** Fails if the least of the last samples is more than the most of those before the middle. */
  private static void assertDoesNotGrow(List<Sample> samples) {
    List<Sample> early = samples.subList(1, SAMPLES / 2);
    List<Sample> late = samples.subList(SAMPLES - 3, SAMPLES);
    assertThat(late.stream().mapToLong(Sample::bytes).min().orElseThrow())
        .as("heap of %s", samples)
        .isLessThan(early.stream().mapToLong(Sample::bytes).max().orElseThrow() + SLACK_BYTES);
    assertThat(late.stream().mapToInt(Sample::threads).min().orElseThrow())
        .as("threads of %s", samples)
        .isLessThanOrEqualTo(
            early.stream().mapToInt(Sample::threads).max().orElseThrow() + SLACK_THREADS);
  }

  private void act(LeakCheck house, Gen seeds) throws Exception {
    while (isOver.getCount() > 0) {
      rest.readLock().lock();
      try {
        runOnce(house, new Gen(seeds.anyLong()));
        runs.incrementAndGet();
      } finally {
        rest.readLock().unlock();
      }
    }
  }

  private static void runOnce(LeakCheck house, Gen gen) throws Exception {
    var cycle = new FaultyCycle(gen);
    var ledger = new StepLedger();
    var step = new EveryStep(gen.intBetween(1, 200), () -> {});
    LocalRun<Integer> run = house.start(cycle.define(), 1, new RunProbes(ledger, step));
    try {
      if (cycle.fault.kind.hangs()) {
        Patience.until("it hangs or has ended", () -> cycle.fault.hangsNow() || run.isOver());
        run.cancel();
      } else if (gen.chance(0.4)) {
        Patience.await(step.isThere());
        if (gen.chance(0.5)) {
          run.cancel();
        } else {
          run.stop();
        }
      }
      LeakCheck.end(run);
    } finally {
      cycle.fault.letGo();
    }
    ledger.assertComplete(run);
    LeakCheck.assertGatesAreEmpty(run);
  }

  private Sample sample(LeakCheck house) throws Exception {
    rest.writeLock().lock();
    try {
      house.assertNothingLeft();
      Patience.until("no timer is left", () -> house.flow.timers().pending() == 0);
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Sample(
          runtime.totalMemory() - runtime.freeMemory(), Thread.getAllStackTraces().size());
    } finally {
      rest.writeLock().unlock();
    }
  }
}
