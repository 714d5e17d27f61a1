package dev.carillon.flow;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One execution of a cycle: all its iterations.
 *
 * <p>Safe for use by any thread. The memory consistency effects are those of {@link Flow}.
 *
 * @param <O> type of the cycle's value
 */
public sealed interface Run<O> extends AutoCloseable permits LocalRun {

  /** {@return its name} */
  String name();

  /** {@return the compiled cycle that it executes} */
  Plan plan();

  /** {@return the event that is triggered when the run has ended, however it ended} */
  Event ended();

  /** {@return whether it has ended} */
  boolean isOver();

  /** {@return the greatest severity of the iterations that have ended so far} */
  RunStatus status();

  /**
   * {@return the iteration that was begun last, by any branch if the cycle is independent as a
   * whole; 0 before the first}
   */
  long iteration();

  /**
   * Waits until the run has ended.
   *
   * @return how it ended
   * @throws InterruptedException if the thread is interrupted first; the run is left alone
   */
  RunStatus await() throws InterruptedException;

  /**
   * Waits until the run has ended, for a time.
   *
   * @param timeout how long at most
   * @return how it ended; empty if the time passed first, the run left alone
   * @throws InterruptedException if the thread is interrupted first; the run is left alone
   */
  Optional<RunStatus> await(Duration timeout) throws InterruptedException;

  /** {@return the latest value of the cycle that is committed} */
  Optional<O> output();

  /**
   * {@return the latest outcome of a part; empty if it has none yet}
   *
   * @param part the part
   * @param <T> type of its value
   */
  <T> Optional<Outcome<T>> outcome(Out<T> part);

  /**
   * {@return the latest outcome of a part; empty if it has none yet}
   *
   * @param part its name, with those of the branches around it
   * @throws IllegalArgumentException if the cycle has no such part
   */
  Optional<Outcome<?>> outcome(String part);

  /**
   * {@return what failed, in the order of the iterations and of the plan} At most as many as kept.
   */
  List<PartFailure> failures();

  /** {@return how many failures there were, those that are not kept included} */
  long failureCount();

  /**
   * {@return the parts that ended after they were {@linkplain Out#deadline due}, in the order of
   * their ends} The first {@linkplain FlowConfig#keptFailures so many}; of those that were late the
   * first is the one to look at, as what comes after it had less time than it was to have.
   */
  List<LatePart> lateParts();

  /** {@return how many parts were late, those that are not kept included} */
  long lateCount();

  /** Ends the run when the iterations that have begun have ended. Idempotent. */
  void stop();

  /**
   * Ends the run now: what runs is interrupted, what has not begun does not. A part that does not
   * stop within the scheduler's time of grace is left behind; what it holds stays with it until it
   * stops. Finalisers, and what undoes parts, have {@link FlowConfig#cleanup} before they are
   * interrupted, each; from this call on if they had begun. Idempotent.
   */
  void cancel();

  /** {@return how far it is} */
  Progress progress();

  /** {@return what each part does, waits for, or why it did not run} */
  RunExplanation explain();

  /**
   * {@return when each part ran}
   *
   * @throws IllegalStateException if the run is not {@linkplain RunOptions#traced traced}
   */
  Timeline timeline();

  /** Cancels the run if it has not ended, and waits for its end. Idempotent. */
  @Override
  void close();
}
