package dev.carillon.schedule;

import java.time.Duration;

/**
 * Chooses the band of a task from what is known of it, when it becomes ready and when another task
 * turns out to wait for it. Safe for use by any thread; never called under a lock.
 */
@FunctionalInterface
public interface PriorityPolicy {

  /**
   * {@return the band}
   *
   * @param candidate what is known
   */
  Band choose(Candidate candidate);

  /**
   * What is known of a task.
   *
   * @param name its name
   * @param declared the band it was submitted with
   * @param slack the time left until its effective deadline, less its cost; negative when it cannot
   *     be met any more. A task without a deadline has 292 years, but what waits for it makes it
   *     due as it does in the queues: with a cost or from a higher band, also without a deadline
   * @param cost the time it is expected to take; zero if unknown
   * @param dependents how many tasks are known to wait for it
   * @param scarcity the largest share that it needs of the free permits of a resource: 0 if it
   *     needs none, above 1 if it would have to wait for some
   */
  record Candidate(
      String name, Band declared, Duration slack, Duration cost, int dependents, double scarcity) {}

  /** The policy that takes the declared band. */
  PriorityPolicy DECLARED = Candidate::declared;

  /**
   * {@return a policy that weighs urgency, cost, dependents and resources} A task is HIGH if it was
   * declared so, if no more than its cost once again is left before its deadline, or if so many
   * others wait for it; but as long as it would have to wait for permits and is not urgent, it is
   * LOW.
   *
   * @param manyDependents from how many waiting tasks on a task is HIGH
   */
  static PriorityPolicy weighed(int manyDependents) {
    if (manyDependents < 1) {
      throw new IllegalArgumentException(
          "manyDependents must be at least 1: manyDependents=" + manyDependents);
    }
    return c -> {
      boolean urgent = c.slack().compareTo(c.cost()) <= 0;
      if (urgent) {
        return Band.HIGH;
      }
      if (c.scarcity() > 1) {
        return Band.LOW;
      }
      return c.dependents() >= manyDependents ? Band.HIGH : c.declared();
    };
  }
}
