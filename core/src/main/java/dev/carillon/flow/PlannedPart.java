package dev.carillon.flow;

import java.util.List;

/**
 * A part in a plan.
 *
 * @param name its name, with those of the branches around it
 * @param level how many parts are on the longest way to it, itself included: 1 or more
 * @param position its place among the parts of its level, 1 or more
 * @param loopUnit what repeats as a whole with it: empty for the cycle, or the name of a branch or
 *     part that has iterations of its own
 * @param dependsOn the parts whose success it needs, by name, in the order of the plan
 * @param after further parts that must have ended before it begins, by name, in that order
 * @param policy how it is run, where that is not the default, in words
 */
public record PlannedPart(
    String name,
    int level,
    int position,
    String loopUnit,
    List<String> dependsOn,
    List<String> after,
    List<String> policy) {

  /** Copies the lists. */
  public PlannedPart {
    dependsOn = List.copyOf(dependsOn);
    after = List.copyOf(after);
    policy = List.copyOf(policy);
  }
}
