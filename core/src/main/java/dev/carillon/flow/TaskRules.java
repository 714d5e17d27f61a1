package dev.carillon.flow;

import dev.carillon.schedule.Late;
import dev.carillon.schedule.Placement;
import dev.carillon.schedule.TaskOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the attempts of a part are run by the scheduler, by the part's rules. */
final class TaskRules {
  private TaskRules() {}

  /**
   * {@return the options of a part's tasks}
   *
   * @param name of the tasks
   * @param waits whether the work waits for something else, as that of a cycle in a cycle does
   */
  static TaskOptions options(String name, @Nullable PartRules rules, boolean waits) {
    TaskOptions options = TaskOptions.DEFAULT.named(name);
    if (rules == null) {
      return waits ? options.on(Placement.BLOCKING) : options;
    }
    if (waits || rules.site() != null) {
      options = options.on(Placement.BLOCKING);
    } else if (!rules.placement().equals(Placement.CALLER)) {
      options = options.on(rules.placement());
    }
    if (rules.late() == Late.DOWNGRADE) {
      options = options.late(Late.DOWNGRADE); // what is to be dropped has to fail as its part
    }
    if (rules.band() != null) {
      options = options.band(rules.band());
    }
    if (rules.lane() != null) {
      options = options.key(rules.lane());
    }
    if (!rules.locks().isEmpty()) {
      options = options.locks(rules.locks().toArray(String[]::new));
    }
    for (var need : rules.needs().entrySet()) {
      options = options.needs(need.getKey(), need.getValue());
    }
    return rules.costNanos() > 0 ? options.cost(Duration.ofNanos(rules.costNanos())) : options;
  }
}
