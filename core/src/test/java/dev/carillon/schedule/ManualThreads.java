package dev.carillon.schedule;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;

/** An executor that runs things on the calling thread, one at a time, when told to. */
final class ManualThreads implements Executor {
  private final ArrayDeque<Runnable> turns = new ArrayDeque<>();
  private boolean direct;

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
    runAll();
    direct = true;
  }

  /** {@return a scheduler with one queue and one thread, which is this} */
  static SchedulerConfig config(SchedulerConfig defaults, ManualThreads threads, GateClock clock) {
    return defaults
        .withClock(clock)
        .withCpuThreads(1)
        .withShards(1)
        .withCpuExecutor(threads)
        .withBlockingExecutor(threads)
        .withTurnQuota(1);
  }
}
