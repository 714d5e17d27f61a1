package dev.carillon.flow;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Runs cycles on a scheduler. It has no threads of its own, but for one that keeps time.
 *
 * {@snippet :
 * try (var flow = Flow.on(scheduler)) {
 *   Run<Report> run = flow.start(etl, today);
 *   RunStatus status = run.await();
 *   Optional<Report> report = run.output();
 * }
 * }
 *
 * <p>Safe for use by any thread. Memory consistency effects: actions before {@code start}
 * happen-before those of the parts; those of a part happen-before those of the parts after it, and
 * of the same part in the next iteration; those of all happen-before actions after {@link
 * Run#await}.
 */
public sealed interface Flow extends AutoCloseable permits LocalFlow {

  /**
   * {@return a flow with the default settings}
   *
   * @param scheduler runs the parts; it is not closed with the flow
   */
  static Flow on(Scheduler scheduler) {
    return open(scheduler, config -> config);
  }

  /**
   * {@return a flow}
   *
   * @param scheduler runs the parts; it is not closed with the flow
   * @param configure changes the default settings
   * @throws IllegalArgumentException if a setting is outside its range
   */
  static Flow open(Scheduler scheduler, UnaryOperator<FlowConfig> configure) {
    return new LocalFlow(scheduler, configure.apply(FlowConfig.DEFAULT));
  }

  /** {@return the settings} */
  FlowConfig config();

  /** {@return what runs the parts} */
  Scheduler scheduler();

  /** {@return the system to which the runs' events belong} */
  EventSystem events();

  /**
   * Starts a run.
   *
   * @param cycle what to run
   * @param input its input
   * @param <I> type of the input
   * @param <O> type of the value
   * @return the run
   * @throws IllegalArgumentException if the input is of another type, or the cycle asks for
   *     something that the scheduler does not have
   * @throws IllegalStateException if the flow or the scheduler is closed, or as many runs go on as
   *     may
   */
  default <I, O> Run<O> start(Cycle<I, O> cycle, I input) {
    return start(cycle, input, options -> options);
  }

  /**
   * Starts a run.
   *
   * @param cycle what to run
   * @param input its input
   * @param configure changes the default options
   * @param <I> type of the input
   * @param <O> type of the value
   * @return the run
   * @throws IllegalArgumentException if the input is of another type, an option is outside its
   *     range, a run of that name goes on, or the cycle asks for something that the scheduler does
   *     not have
   * @throws IllegalStateException if the flow or the scheduler is closed, or as many runs go on as
   *     may
   * @throws JournalException if the run was begun with another cycle, plan or codec
   * @throws dev.carillon.spi.StoreException if the journal cannot be read
   * @throws dev.carillon.spi.CodingException if the input cannot be written
   */
  <I, O> Run<O> start(Cycle<I, O> cycle, I input, UnaryOperator<RunOptions> configure);

  /**
   * Starts a run of a cycle without an input.
   *
   * @param cycle what to run
   * @param <O> type of the value
   * @return the run
   * @throws IllegalArgumentException if the cycle asks for something that the scheduler does not
   *     have
   * @throws IllegalStateException if the flow or the scheduler is closed, or as many runs go on as
   *     may
   */
  default <O> Run<O> start(Cycle<Done, O> cycle) {
    return start(cycle, Done.DONE);
  }

  /** {@return the runs that go on, the oldest first} */
  List<Run<?>> runs();

  /**
   * {@return the run of that name, if it goes on}
   *
   * @param name its name
   */
  Optional<Run<?>> run(String name);

  /** Cancels the runs that go on, and waits for them. Idempotent. */
  @Override
  void close();
}
