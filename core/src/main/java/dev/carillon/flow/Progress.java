package dev.carillon.flow;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a run is. Of a cycle that is independent as a whole, iterations and the estimate are
 * those of the branch that is furthest behind of those that go on.
 *
 * @param iteration the iteration that was begun last
 * @param done how many of its parts have an outcome
 * @param parts how many parts it has
 * @param iterations how many iterations have ended
 * @param elapsed since the run began
 * @param estimate how long the rest of the iteration will take, if all costs what it cost in the
 *     past and enough threads are there; empty if nothing is known of the past
 */
public record Progress(
    long iteration,
    int done,
    int parts,
    long iterations,
    Duration elapsed,
    Optional<Duration> estimate) {

  /** {@return one line of text} */
  @Override
  public String toString() {
    return "iteration %d: %d of %d parts, %s so far%s"
        .formatted(
            iteration,
            done,
            parts,
            ElapsedText.of(elapsed),
            estimate.map(left -> ", about " + ElapsedText.of(left) + " left").orElse(""));
  }
}
