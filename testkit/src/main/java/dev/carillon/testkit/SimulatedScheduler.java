package dev.carillon.testkit;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler without threads and without waiting: a seed decides which of its pools' threads goes
 * on next, and a virtual clock says what time it is. The same program with the same seed runs the
 * same way, so a failure is repeated by its seed.
 *
 * {@snippet :
 * try (var simulated = new SimulatedScheduler(seed)) {
 *   Event done = simulated.scheduler().submit(t -> t.deadline(ofSeconds(1)), work);
 *   simulated.runUntilIdle();
 *   assertThat(done).isTriggered();
 * }
 * }
 *
 * <p>Tasks run on the thread that calls {@link #step}, {@link #runUntilIdle} or {@link #advance},
 * one after another, each as a whole; what the seed mixes is the order in which the pools' threads
 * take tasks. A task must not wait for another one: nobody would run that.
 *
 * <p>In one made by {@link #withWaitingTasks} tasks may wait: for events, locks, latches, other
 * tasks, for time to pass. Each runs on a virtual thread of its own, still one at a time: the next
 * goes on when it ends or waits. It must wait for nothing but other tasks and the virtual clock:
 * what sleeps, or waits for a thread of another kind, goes on whenever that lets it. If one thing
 * wakes several tasks, it is not the seed that decides which is first.
 *
 * <p>For one thread.
 */
public final class SimulatedScheduler implements AutoCloseable {
  private final long seed;
  private final RandomGenerator random;
  private final VirtualClock clock = new VirtualClock();
  private final List<Runnable> turns = new ArrayList<>(); // guarded by itself
  private final @Nullable WaitingThreads threads; // null if tasks must not wait
  private final EventSystem events;
  private final Scheduler scheduler;
  private volatile boolean closing;

  /**
   * Makes a scheduler with the default settings.
   *
   * @param seed decides what goes on next
   */
  public SimulatedScheduler(long seed) {
    this(seed, config -> config);
  }

  /**
   * Makes a scheduler.
   *
   * @param seed decides what goes on next
   * @param configure changes the default settings, except for the clock and the executors
   */
  public SimulatedScheduler(long seed, UnaryOperator<SchedulerConfig> configure) {
    this(seed, configure, null);
  }

  private SimulatedScheduler(
      long seed, UnaryOperator<SchedulerConfig> configure, @Nullable WaitingThreads threads) {
    this.seed = seed;
    this.threads = threads;
    this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Executor executor = this::execute;
    this.events =
        EventSystem.create(
            c -> c.withClock(clock).withCascadeBudget(Duration.ofSeconds(1), executor));
    this.scheduler =
        Scheduler.open(
            events,
            defaults ->
                configure
                    .apply(defaults)
                    .withClock(clock)
                    .withCpuExecutor(executor)
                    .withBlockingExecutor(executor)
                    .withTurnQuota(1)
                    .withRandom(random));
  }

  /**
   * {@return a scheduler whose tasks may wait}
   *
   * @param seed decides what goes on next
   * @param configure changes the default settings, except for the clock and the executors
   */
  public static SimulatedScheduler withWaitingTasks(
      long seed, UnaryOperator<SchedulerConfig> configure) {
    return new SimulatedScheduler(seed, configure, new WaitingThreads());
  }

  private void execute(Runnable turn) {
    if (closing) {
      turn.run();
      return;
    }
    synchronized (turns) {
      turns.add(turn);
    }
  }

  /** {@return the seed} */
  public long seed() {
    return seed;
  }

  /** {@return the scheduler} */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** {@return the system of the tasks' events} */
  public EventSystem events() {
    return events;
  }

  /** {@return the clock} */
  public VirtualClock clock() {
    return clock;
  }

  /**
   * Lets one thread of one pool, chosen by the seed, take and run one task.
   *
   * @return false if there was nothing to do at this time
   * @throws IllegalStateException if called by a task that may wait
   */
  public boolean step() {
    settle();
    Runnable turn;
    synchronized (turns) {
      if (turns.isEmpty()) {
        return false;
      }
      turn = turns.remove(random.nextInt(turns.size()));
    }
    if (threads == null) {
      turn.run();
    } else {
      threads.run("simulated-" + seed, turn);
    }
    return true;
  }

  private void settle() {
    if (threads != null) {
      threads.settle();
    }
  }

  /**
   * Runs whatever can run without time passing.
   *
   * @return how many steps that took
   */
  public int runUntilIdle() {
    int steps = 0;
    while (step()) {
      steps++;
    }
    return steps;
  }

  /**
   * Runs what can run now, moves the clock to the next moment at which something is due, runs what
   * can run then, and so on.
   *
   * @param by how far
   */
  public void advance(Duration by) {
    advanceUntil(() -> false, by);
  }

  /**
   * Lets time pass as {@link #advance} does, but only until a condition holds.
   *
   * @param condition looked at whenever nothing can run
   * @param limit how far at most
   * @return whether it holds
   */
  public boolean advanceUntil(BooleanSupplier condition, Duration limit) {
    runUntilIdle();
    Duration left = limit;
    while (left.isPositive() && !condition.getAsBoolean()) {
      Duration next = clock.untilNextAlarm(left);
      clock.advance(next, this::settle);
      left = left.minus(next);
      runUntilIdle();
    }
    return condition.getAsBoolean();
  }

  /**
   * Calls code that waits, as a task may, and lets time pass until it returns; for one made by
   * {@link #withWaitingTasks} only.
   *
   * @param work what to call; runs on a thread of the simulation
   * @param limit how far to move the clock at most
   * @param <T> type of what it returns
   * @return what it returns
   * @throws Exception what it throws
   * @throws IllegalStateException if it still waits when the limit has passed; its thread is
   *     interrupted
   */
  public <T extends @Nullable Object> T call(Callable<T> work, Duration limit) throws Exception {
    if (threads == null) {
      throw new IllegalStateException(
          "code that waits needs a simulation whose tasks may wait: " + this);
    }
    var task = new FutureTask<T>(work);
    Thread thread = threads.run("simulated-" + seed + "-call", task);
    if (!advanceUntil(task::isDone, limit)) {
      thread.interrupt();
      throw new IllegalStateException(
          "code that is called must return in time: limit=%s now=%s".formatted(limit, clock.now()));
    }
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /**
   * Cancels what is left and closes the scheduler and its events. With tasks that may wait, time
   * passes until they have stopped, or until the scheduler's time of grace is over.
   */
  @Override
  public void close() {
    runUntilIdle();
    if (threads != null && !closing) {
      letGo(scheduler::close);
      threads.abandon();
    }
    closing = true;
    scheduler.close();
    events.close();
  }

  /** Closes something while time passes; stops waiting for it long after the time of grace. */
  void letGo(Runnable close) {
    if (threads == null || closing) {
      close.run();
      return;
    }
    var closed = new FutureTask<>(close, true);
    Thread thread = threads.run("simulated-" + seed + "-close", closed);
    if (!advanceUntil(closed::isDone, scheduler.config().grace().multipliedBy(3))) {
      thread.interrupt();
      settle();
    }
  }

  @Override
  public String toString() {
    return "SimulatedScheduler[seed=%d]".formatted(seed);
  }
}
