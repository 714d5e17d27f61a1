package dev.carillon.testkit;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

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
 * <p>For one thread.
 */
public final class SimulatedScheduler implements AutoCloseable {
  private final long seed;
  private final RandomGenerator random;
  private final VirtualClock clock = new VirtualClock();
  private final List<Runnable> turns = new ArrayList<>();
  private final EventSystem events;
  private final Scheduler scheduler;
  private boolean closing;

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
    this.seed = seed;
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

  private void execute(Runnable turn) {
    if (closing) {
      turn.run();
    } else {
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
   */
  public boolean step() {
    if (turns.isEmpty()) {
      return false;
    }
    turns.remove(random.nextInt(turns.size())).run();
    return true;
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
    runUntilIdle();
    Duration left = by;
    while (left.isPositive()) {
      Duration next = clock.untilNextAlarm(left);
      clock.advance(next);
      left = left.minus(next);
      runUntilIdle();
    }
  }

  /** Cancels what is left and closes the scheduler and its events. */
  @Override
  public void close() {
    runUntilIdle();
    closing = true;
    scheduler.close();
    events.close();
  }

  @Override
  public String toString() {
    return "SimulatedScheduler[seed=%d]".formatted(seed);
  }
}
