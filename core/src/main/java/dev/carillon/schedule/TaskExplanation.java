package dev.carillon.schedule;

import dev.carillon.event.Explanation;
import java.time.Duration;
import java.util.List;

/**
 * What is known of a task and of what it waits for; prints readably.
 *
 * @param task its name and number
 * @param phase what it waits for or does
 * @param inPhase for how long
 * @param attempts how many attempts have begun
 * @param reasons why it is not further, a line each
 * @param event who waits for it in turn
 */
public record TaskExplanation(
    String task,
    TaskPhase phase,
    Duration inPhase,
    int attempts,
    List<String> reasons,
    Explanation event) {

  /** Copies the list. */
  public TaskExplanation {
    reasons = List.copyOf(reasons);
  }

  /** {@return the explanation as lines of text} */
  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(
        "%s %s for %s\n".formatted(task, phase == TaskPhase.RUNNING ? "runs" : "waits", inPhase));
    for (String reason : reasons) {
      text.append("  ").append(reason).append('\n');
    }
    return text.append(event).toString();
  }
}
