package dev.carillon.flow;

import java.time.Duration;
import java.util.List;

/**
 * When the parts of a run ran.
 *
 * @param run the run's name
 * @param spans one for each attempt, in the order of their ends; the newest, if there are more than
 *     are kept
 * @param leftOut how many older ones are not kept
 */
public record Timeline(String run, List<Span> spans, long leftOut) {

  /** Copies the list. */
  public Timeline {
    spans = List.copyOf(spans);
  }

  /**
   * An attempt.
   *
   * @param part the part's name
   * @param iteration which iteration
   * @param attempt which attempt, 1 for the first
   * @param thread what ran it
   * @param startNanos when it began, from the beginning of the run
   * @param endNanos when it had ended
   * @param ok whether it succeeded
   * @param after the parts that it came after in its iteration, by name: the nearest that have
   *     spans, whatever orders them, with barriers and what was not called left out
   */
  public record Span(
      String part,
      long iteration,
      int attempt,
      String thread,
      long startNanos,
      long endNanos,
      boolean ok,
      List<String> after) {
    /** Copies the list. */
    public Span {
      after = List.copyOf(after);
    }

    /** {@return how long it took} */
    public Duration duration() {
      return Duration.ofNanos(endNanos - startNanos);
    }
  }

  /**
   * {@return the spans that determined how long an iteration took, the first first: each began when
   * the one before had ended, or as soon as it could after}
   *
   * @param iteration which
   */
  public List<Span> criticalPath(long iteration) {
    return CriticalPath.of(spans, iteration);
  }

  /**
   * {@return the spans in the Trace Event Format, as JSON} To be opened in Perfetto or {@code
   * chrome://tracing}.
   */
  public String toChromeTrace() {
    return ChromeTrace.of(this);
  }
}
