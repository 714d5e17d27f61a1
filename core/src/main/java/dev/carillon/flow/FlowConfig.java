package dev.carillon.flow;

import java.time.Duration;
import java.util.Objects;

/**
 * The settings of a {@link Flow}: immutable, changed by {@code with} methods, checked when made.
 *
 * @param name shown in explanations and thread names
 * @param maxRuns the most runs that go on at once
 * @param parallelism how many threads of the scheduler's CPU pool one run uses at once for parts
 *     that run there; 0 for as many as that has
 * @param keptFailures the most failures that a run keeps; those beyond are counted
 * @param cleanup how long a finaliser, or what undoes a part, may take in a run that is being
 *     cancelled before it is interrupted; from when it began, or from the cancelling if that was
 *     later
 */
public record FlowConfig(
    String name, int maxRuns, int parallelism, int keptFailures, Duration cleanup) {

  private static final Duration LONGEST = Duration.ofDays(365);

  /** The default settings. */
  public static final FlowConfig DEFAULT =
      new FlowConfig("flow", 100_000, 0, 64, Duration.ofSeconds(30));

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, the name blank or the time
   *     negative
   */
  public FlowConfig {
    PartNames.check(name);
    range("maxRuns", maxRuns, 1, 1 << 24);
    range("parallelism", parallelism, 0, 1 << 12);
    range("keptFailures", keptFailures, 1, 1 << 16);
    Objects.requireNonNull(cleanup, "cleanup");
    if (cleanup.isNegative() || cleanup.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "cleanup must be 0 to %s: cleanup=%s".formatted(LONGEST, cleanup));
    }
  }

  private static void range(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName shown in explanations and thread names
   */
  public FlowConfig withName(String newName) {
    return new FlowConfig(newName, maxRuns, parallelism, keptFailures, cleanup);
  }

  /**
   * {@return these settings with another bound on runs}
   *
   * @param most that go on at once
   */
  public FlowConfig withMaxRuns(int most) {
    return new FlowConfig(name, most, parallelism, keptFailures, cleanup);
  }

  /**
   * {@return these settings with another parallelism}
   *
   * @param threads how many threads one run uses at once; 0 for as many as there are
   */
  public FlowConfig withParallelism(int threads) {
    return new FlowConfig(name, maxRuns, threads, keptFailures, cleanup);
  }

  /**
   * {@return these settings with another bound on failures}
   *
   * @param most that a run keeps
   */
  public FlowConfig withKeptFailures(int most) {
    return new FlowConfig(name, maxRuns, parallelism, most, cleanup);
  }

  /**
   * {@return these settings with another time for cleaning up}
   *
   * @param most how long what cleans up may take in a run that is being cancelled
   */
  public FlowConfig withCleanup(Duration most) {
    return new FlowConfig(name, maxRuns, parallelism, keptFailures, most);
  }
}
