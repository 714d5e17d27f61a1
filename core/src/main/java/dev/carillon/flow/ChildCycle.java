package dev.carillon.flow;

import org.jspecify.annotations.Nullable;

/** Runs a cycle to its end as a part of another. */
final class ChildCycle {

  /**
   * The value of a cycle that ended degraded, which the one around it is then, too.
   *
   * @param value the value
   */
  record Degraded(Object value) {}

  private ChildCycle() {}

  static Object run(
      UnitRun unit,
      int node,
      long iteration,
      int attempt,
      LocalCycle<?, ?> cycle,
      @Nullable Object input,
      long dueAt)
      throws InterruptedException {
    String name =
        "%s %d %s#%d %d"
            .formatted(unit.run.name(), iteration, cycle.name(), unit.part(node), attempt);
    RunOptions options = unit.run.deadline().child(RunOptions.DEFAULT.named(name), dueAt);
    try (LocalRun<?> child = unit.run.flow().startChild(cycle, input, options)) {
      RunStatus status = child.await();
      Object value = child.output().orElse(null);
      if (status.compareTo(RunStatus.DEGRADED) <= 0 && value != null) {
        return status == RunStatus.OK ? value : new Degraded(value);
      }
      var failures = child.failures();
      throw new PartFailedException(
          "a cycle in a cycle must succeed: part=%s, status=%s, failures=%s"
              .formatted(unit.name(node), status, failures),
          failures.isEmpty()
              ? new IllegalStateException("it has no value: cycle=" + cycle.name())
              : failures.getFirst().cause());
    }
  }
}
