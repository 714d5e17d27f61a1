package dev.carillon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.flow.Cycle;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.Run;
import dev.carillon.flow.RunStatus;
import dev.carillon.schedule.Backoff;
import dev.carillon.schedule.Retry;
import dev.carillon.schedule.SchedulerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A flow on a simulated scheduler, and a note of what its parts do and when. */
final class FlowSimulation implements AutoCloseable {
  final SimulatedScheduler simulated;
  final Flow flow;
  private final List<String> notes = new ArrayList<>();

  FlowSimulation() {
    this(config -> config);
  }

  FlowSimulation(UnaryOperator<SchedulerConfig> configure) {
    simulated = new SimulatedScheduler(1, configure);
    flow = Flow.on(simulated.scheduler());
  }

  /** {@return the milliseconds since the beginning} */
  long millis() {
    return simulated.clock().nanos() / 1_000_000;
  }

  /** Notes what happens now. */
  void note(String what) {
    notes.add(what + " at " + millis());
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  /** {@return how many notes begin with a text} */
  long count(String what) {
    return notes.stream().filter(note -> note.startsWith(what)).count();
  }

  /** Starts a run, and lets it do what it can without time passing. */
  <O> Run<O> start(Cycle<Done, O> cycle) {
    Run<O> run = flow.start(cycle);
    simulated.runUntilIdle();
    return run;
  }

  void advance(long millis) {
    simulated.advance(Duration.ofMillis(millis));
  }

  void assertOver(Run<?> run, RunStatus status) {
    assertThat(run.isOver()).as(run.toString()).isTrue();
    assertThat(run.status()).isEqualTo(status);
  }

  /** {@return retries after a pause} */
  static UnaryOperator<Retry> after(long millis, int attempts) {
    return retry ->
        retry.withMaxAttempts(attempts).withBackoff(Backoff.fixed(Duration.ofMillis(millis)));
  }

  @Override
  public void close() {
    flow.runs().forEach(Run::cancel);
    simulated.runUntilIdle();
    flow.close();
    simulated.close();
  }
}
