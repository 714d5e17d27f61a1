package dev.carillon.flow;

import dev.carillon.flow.PlanDiff.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares plans, part by part, by name. */
final class PlanDiffs {
  private PlanDiffs() {}

  static PlanDiff between(Plan older, Plan newer) {
    Map<String, PlannedPart> before = byName(older);
    Map<String, PlannedPart> now = byName(newer);
    var added = new ArrayList<String>();
    var removed = new ArrayList<String>();
    var changed = new ArrayList<Change>();
    for (PlannedPart part : before.values()) {
      PlannedPart other = now.get(part.name());
      if (other == null) {
        removed.add(part.name());
      } else {
        compare(part, other, changed);
      }
    }
    for (String name : now.keySet()) {
      if (!before.containsKey(name)) {
        added.add(name);
      }
    }
    return new PlanDiff(added, removed, changed);
  }

  private static Map<String, PlannedPart> byName(Plan plan) {
    var parts = new LinkedHashMap<String, PlannedPart>();
    plan.parts().forEach(part -> parts.put(part.name(), part));
    return parts;
  }

  private static void compare(PlannedPart before, PlannedPart now, List<Change> changed) {
    add(changed, before, "level", before.level(), now.level());
    add(changed, before, "dependsOn", before.dependsOn(), now.dependsOn());
    add(changed, before, "after", before.after(), now.after());
    add(changed, before, "loopUnit", before.loopUnit(), now.loopUnit());
    add(changed, before, "policy", before.policy(), now.policy());
  }

  private static void add(
      List<Change> changed, PlannedPart part, String what, Object before, Object now) {
    if (!before.equals(now)) {
      changed.add(new Change(part.name(), what, before.toString(), now.toString()));
    }
  }
}
