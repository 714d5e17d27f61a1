package dev.carillon.flow;

import java.util.List;

/**
 * What is different between two plans; prints as lines that begin with {@code +}, {@code -} and
 * {@code ~}.
 *
 * @param added names of parts that only the newer one has
 * @param removed names of parts that only the older one has
 * @param changed parts that both have and that differ, with what differs
 */
public record PlanDiff(List<String> added, List<String> removed, List<Change> changed) {

  /** Copies the lists. */
  public PlanDiff {
    added = List.copyOf(added);
    removed = List.copyOf(removed);
    changed = List.copyOf(changed);
  }

  /**
   * A difference of a part.
   *
   * @param part its name
   * @param what {@code "level"}, {@code "dependsOn"}, {@code "after"}, {@code "loopUnit"} or {@code
   *     "policy"}
   * @param before in the older plan
   * @param now in the newer one
   */
  public record Change(String part, String what, String before, String now) {}

  /** {@return whether nothing is different} */
  public boolean isEmpty() {
    return added.isEmpty() && removed.isEmpty() && changed.isEmpty();
  }

  /** {@return the differences as lines of text} */
  @Override
  public String toString() {
    var text = new StringBuilder();
    added.forEach(name -> text.append("+ ").append(name).append('\n'));
    removed.forEach(name -> text.append("- ").append(name).append('\n'));
    for (Change change : changed) {
      text.append(
          "~ %s %s: %s -> %s\n"
              .formatted(change.part(), change.what(), change.before(), change.now()));
    }
    return text.toString();
  }
}
