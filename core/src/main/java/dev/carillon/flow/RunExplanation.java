package dev.carillon.flow;

import java.util.List;

/**
 * What the parts of a run do, wait for, or why they did not run; prints readably.
 *
 * @param run the run's name
 * @param state what the run as a whole does
 * @param parts each part of the iteration that was begun last, in the order of the plan
 */
public record RunExplanation(String run, String state, List<PartExplanation> parts) {

  /** Copies the list. */
  public RunExplanation {
    parts = List.copyOf(parts);
  }

  /** What a part does. */
  public enum Phase {
    /** It waits for other parts. */
    WAITING,
    /** It waits for a gate, permits, locks or a thread. */
    QUEUED,
    /** It waits to be tried again. */
    BACKOFF,
    /** An attempt of it runs. */
    RUNNING,
    /** It has an outcome. */
    ENDED
  }

  /**
   * A part.
   *
   * @param name its name
   * @param iteration of which iteration this tells
   * @param phase what it does
   * @param attempts how many attempts have begun
   * @param why what it waits for, a line each; or why it has the outcome that it has
   */
  public record PartExplanation(
      String name, long iteration, Phase phase, int attempts, List<String> why) {
    /** Copies the list. */
    public PartExplanation {
      why = List.copyOf(why);
    }
  }

  /** {@return the explanation as lines of text} */
  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append("run \"%s\": %s\n".formatted(run, state));
    for (PartExplanation part : parts) {
      text.append("  %-8s %s".formatted(part.phase(), part.name()));
      if (part.attempts() > 1) {
        text.append(" (attempt %d)".formatted(part.attempts()));
      }
      text.append('\n');
      for (String line : part.why()) {
        text.append("           ").append(line).append('\n');
      }
    }
    return text.toString();
  }
}
