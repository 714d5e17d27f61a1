package dev.carillon.schedule;

import dev.carillon.time.ManualClock;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** An executor that runs what any thread gives it on the one that tells it to, one at a time. */
final class ManualThreads implements Executor {
  private final Queue<Runnable> turns = new ConcurrentLinkedQueue<>();
  private volatile boolean direct;

  @Override
  public void execute(Runnable turn) {
    if (direct) {
      turn.run();
    } else {
      turns.add(turn);
    }
  }

  /** {@return false if there was nothing to run} */
  boolean step() {
    Runnable turn = turns.poll();
    if (turn != null) {
      turn.run();
    }
    return turn != null;
  }

  void runAll() {
    while (step()) {}
  }

  /** From now on runs everything at once. */
  void runDirectly() {
    direct = true;
    runAll();
  }

  /** {@return a scheduler with one queue and one thread, which is this} */
  static SchedulerConfig config(
      SchedulerConfig defaults, ManualThreads threads, ManualClock clock) {
    return defaults
        .withClock(clock)
        .withCpuThreads(1)
        .withShards(1)
        .withCpuExecutor(threads)
        .withBlockingExecutor(threads)
        .withTurnQuota(1);
  }
}
