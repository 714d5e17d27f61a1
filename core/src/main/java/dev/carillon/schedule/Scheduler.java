package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/**
 * Runs tasks: decides who is next, on what, and says of everyone who is not why.
 *
 * {@snippet :
 * try (var scheduler = Scheduler.open(c -> c.withResource("gpu", 2))) {
 *   Event loaded = scheduler.submit(t -> t.named("load").on(Placement.BLOCKING), () -> load());
 *   Promise<String> answer =
 *       scheduler.call(
 *           t -> t.high().deadline(Duration.ofMillis(50)).needs("gpu", 1).after(loaded),
 *           () -> "42");
 * }
 * }
 *
 * <p>Every task has an event, which is triggered when the task has succeeded and poisoned when it
 * has failed. Completing that event from outside cancels the task: it is taken out of whatever
 * queue it is in, or interrupted, and what it holds is given back when its thread has left it.
 *
 * <p>Tasks of one pool run by band, within a band by deadline, and of tasks due together in the
 * order of their submission. What a task waits for makes way for it: preconditions that are tasks
 * of the same scheduler, those before it with the same key, and holders of locks that it needs
 * become at least as urgent as itself. The lower bands are promised a share of the dispatches, so
 * that nothing starves.
 *
 * <p>Safe for use by any thread. Memory consistency effects: actions before {@code submit}
 * happen-before the task's; a task's actions happen-before those of the next task with the same key
 * or the next holder of the same lock, and before what follows a wait for the task's event.
 */
public sealed interface Scheduler extends AutoCloseable permits LocalScheduler {

  /** {@return a scheduler with the default settings and an event system of its own} */
  static Scheduler open() {
    return open(config -> config);
  }

  /**
   * {@return a scheduler with an event system of its own}
   *
   * @param configure changes the default settings, {@code c -> c.withCpuThreads(4)}
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static Scheduler open(UnaryOperator<SchedulerConfig> configure) {
    SchedulerConfig config = configure.apply(SchedulerConfig.DEFAULT);
    EventSystem events =
        EventSystem.create(c -> c.withName(config.name()).withClock(config.clock()));
    return new LocalScheduler(config, events, true);
  }

  /**
   * {@return a scheduler whose events belong to a given system, on that system's clock}
   *
   * @param events creates the tasks' events; it is not closed with the scheduler
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static Scheduler open(EventSystem events, UnaryOperator<SchedulerConfig> configure) {
    SchedulerConfig defaults = SchedulerConfig.DEFAULT.withClock(events.config().clock());
    return new LocalScheduler(configure.apply(defaults), events, false);
  }

  /** {@return the settings} */
  SchedulerConfig config();

  /** {@return the system to which the tasks' events belong} */
  EventSystem events();

  /**
   * Submits a task with the default options.
   *
   * @param work what it does
   * @return its event
   * @throws IllegalStateException if the scheduler is closed
   */
  Event submit(Work work);

  /**
   * Submits a task.
   *
   * @param configure changes the default options
   * @param work what it does
   * @return its event
   * @throws IllegalArgumentException if the options name a pool, resource or band that the
   *     scheduler does not have, or more permits than there are
   * @throws IllegalStateException if the scheduler is closed
   */
  Event submit(UnaryOperator<TaskOptions> configure, Work work);

  /**
   * Submits a task.
   *
   * @param options how it is to be run
   * @param work what it does
   * @return its event
   * @throws IllegalArgumentException as {@link #submit(UnaryOperator, Work)} does
   * @throws IllegalStateException if the scheduler is closed
   */
  Event submit(TaskOptions options, Work work);

  /**
   * Submits a task that has a result.
   *
   * @param <T> type of the result
   * @param configure changes the default options
   * @param work what it does
   * @return the promise of its result
   * @throws IllegalArgumentException as {@link #submit(UnaryOperator, Work)} does
   * @throws IllegalStateException if the scheduler is closed
   */
  <T> Promise<T> call(UnaryOperator<TaskOptions> configure, Callable<? extends T> work);

  /**
   * Submits a task that has a result.
   *
   * @param <T> type of the result
   * @param options how it is to be run
   * @param work what it does
   * @return the promise of its result
   * @throws IllegalArgumentException as {@link #submit(UnaryOperator, Work)} does
   * @throws IllegalStateException if the scheduler is closed
   */
  <T> Promise<T> call(TaskOptions options, Callable<? extends T> work);

  /**
   * Submits a task again and again.
   *
   * @param configure changes the default options of each run
   * @param schedule when
   * @param work what each run does
   * @return the repetition, to stop it by
   * @throws IllegalArgumentException as {@link #submit(UnaryOperator, Work)} does
   * @throws IllegalStateException if the scheduler is closed
   */
  Repetition repeat(UnaryOperator<TaskOptions> configure, Schedule schedule, Work work);

  /**
   * Makes a task that has not started more urgent: as urgent as one with that band that is due so
   * soon, and with it everything that it waits for. Never makes one less urgent.
   *
   * @param task the task's event
   * @param band the band that it is raised to
   * @param deadline when it is wanted, counted from now; the task is not late by it
   * @return false if the event is not that of a task that waits
   */
  boolean expedite(Event task, Band band, Duration deadline);

  /**
   * Opens a lane: a bounded queue in front of a handler.
   *
   * @param <T> type of the items
   * @param configure changes the default settings
   * @param handler handles the items
   * @return the lane
   * @throws IllegalArgumentException if a setting is outside its range, or the scheduler does not
   *     have the pool or band
   * @throws IllegalStateException if the scheduler is closed
   */
  <T> Lane<T> lane(UnaryOperator<LaneConfig<T>> configure, LaneHandler<T> handler);

  /** {@return the locks that threads can take as they go} */
  Locks locks();

  /**
   * {@return why a task has not run yet, or what it does}
   *
   * @param task the task's event
   */
  TaskExplanation explain(Event task);

  /** {@return whether it is open} Not from the beginning of {@link #close} on. */
  boolean isOpen();

  /** {@return what this scheduler has done and holds} */
  SchedulerStats stats();

  /**
   * Waits until no task is held.
   *
   * @param timeout how long at most
   * @return true if there was none at some moment; false if the time passed first
   * @throws InterruptedException if the thread is interrupted first
   */
  boolean awaitIdle(Duration timeout) throws InterruptedException;

  /**
   * Cancels what is held, waits for what runs to stop, at most for the time of grace, and ends the
   * threads. Events of tasks that had not ended are poisoned. Idempotent.
   */
  @Override
  void close();
}
