package dev.carillon.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps count of what a run says it does, and holds that against what it must have done. */
final class StepLedger implements RunProbe {
  private record Step(int unit, int node, long iteration) {}

  private final Map<Step, AtomicInteger> ended = new ConcurrentHashMap<>();
  private final Map<List<Long>, AtomicInteger> iterations = new ConcurrentHashMap<>();
  private final AtomicInteger runs = new AtomicInteger();

  private static <K> void add(Map<K, AtomicInteger> counts, K key, int by) {
    counts.computeIfAbsent(key, _ -> new AtomicInteger()).addAndGet(by);
  }

  @Override
  public void iterationBegan(int unit, long iteration) {
    add(iterations, List.of((long) unit, iteration), 1);
  }

  @Override
  public void iterationEnded(int unit, long iteration, RunStatus status) {
    add(iterations, List.of((long) unit, iteration), -1);
  }

  @Override
  public void ended(int unit, int node, long iteration, Ending ending) {
    add(ended, new Step(unit, node, iteration), 1);
  }

  @Override
  public void runEnded(RunStatus status) {
    runs.incrementAndGet();
  }

  /** Fails unless each node has ended once in each iteration that was begun, and all else too. */
  void assertComplete(LocalRun<?> run) {
    assertThat(runs).as("ends of the run").hasValue(1);
    iterations.forEach(
        (iteration, open) -> assertThat(open).as("iteration %s is open", iteration).hasValue(0));
    ended.forEach((step, times) -> assertThat(times).as("ends of %s", step).hasValue(1));
    int steps = 0;
    for (List<Long> iteration : iterations.keySet()) {
      steps += run.unit(iteration.getFirst().intValue()).plan.nodes();
    }
    assertThat(ended).as("nodes that ended").hasSize(steps);
  }
}
