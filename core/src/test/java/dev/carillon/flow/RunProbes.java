package dev.carillon.flow;

import org.jspecify.annotations.Nullable;

/** Two probes that are told the same, one after the other. */
record RunProbes(RunProbe first, RunProbe second) implements RunProbe {

  /** {@return both as one; null if there is none} */
  static @Nullable RunProbe both(@Nullable RunProbe first, @Nullable RunProbe second) {
    if (first == null) {
      return second;
    }
    return second == null ? first : new RunProbes(first, second);
  }

  @Override
  public void iterationBegan(int unit, long iteration) {
    first.iterationBegan(unit, iteration);
    second.iterationBegan(unit, iteration);
  }

  @Override
  public void admitted(int unit, int node, long iteration) {
    first.admitted(unit, node, iteration);
    second.admitted(unit, node, iteration);
  }

  @Override
  public void attemptBegan(int unit, int node, long iteration, int attempt) {
    first.attemptBegan(unit, node, iteration, attempt);
    second.attemptBegan(unit, node, iteration, attempt);
  }

  @Override
  public void attemptEnded(int unit, int node, long iteration, int attempt, boolean ok) {
    first.attemptEnded(unit, node, iteration, attempt, ok);
    second.attemptEnded(unit, node, iteration, attempt, ok);
  }

  @Override
  public void ended(int unit, int node, long iteration, Ending ending) {
    first.ended(unit, node, iteration, ending);
    second.ended(unit, node, iteration, ending);
  }

  @Override
  public void iterationEnded(int unit, long iteration, RunStatus status) {
    first.iterationEnded(unit, iteration, status);
    second.iterationEnded(unit, iteration, status);
  }

  @Override
  public void runEnded(RunStatus status) {
    first.runEnded(status);
    second.runEnded(status);
  }
}
