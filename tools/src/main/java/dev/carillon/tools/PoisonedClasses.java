package dev.carillon.tools;

import dev.carillon.event.Event;
import dev.carillon.event.EventHandle;
import dev.carillon.event.Poison;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The classes without a result of a census in which one class was broken. */
final class PoisonedClasses {
  /*
   * A class is told the poison of the merge of its supertypes, and passes it on. Their events may
   * be long complete when the merge is made, and of such an event the system may keep no more than
   * the reason. Poison then begins at that event, and the way goes on with what its class was told.
   */
  private final ClassNode<Event> broken;
  private final Map<ClassNode<Event>, Poison> told;
  private final Map<EventHandle, ClassNode<Event>> classes = new HashMap<>(); // also by merge

  /**
   * Checks that each class without a result failed because of the broken one, and of nothing else.
   *
   * @param told what each class was told
   * @throws CensusException if a class failed for another reason
   */
  PoisonedClasses(
      ClassTable<Event> table, Map<ClassNode<Event>, Poison> told, ClassNode<Event> broken) {
    this.broken = broken;
    this.told = told;
    told.forEach((node, poison) -> {
      classes.put(node.task().handle(), node);
      classes.put(poison.origin(), node);
    });
    for (ClassNode<Event> node : table.nodes()) {
      if (!node.isMeasured()) {
        Poison poison = told.get(node);
        List<Poison> roots = poison == null ? List.of() : poison.rootCauses();
        if (roots.isEmpty() || !roots.stream().allMatch(root -> mayFail(node, root))) {
          throw new CensusException(
              "classes must fail because of %s alone: class=%s causes=%s"
                  .formatted(broken.name(), node.name(), roots));
        }
      }
    }
  }

  /** {@return whether poison that began at {@code root} is a reason, given that others are good} */
  private boolean mayFail(ClassNode<Event> node, Poison root) {
    ClassNode<Event> origin = classes.get(root.origin());
    return origin != null && (origin == node) == (node == broken);
  }

  int count() {
    return told.size();
  }

  /** {@return what poisoned them, on one line} */
  String cause() {
    return poisonOf(broken).message();
  }

  /** {@return for each class the way its poison came, {@code A <- B <- cause}, sorted} */
  List<String> ways() {
    return told.keySet().stream().map(this::way).sorted().toList();
  }

  private String way(ClassNode<Event> node) {
    var names = new ArrayList<>(List.of(node.name()));
    ClassNode<Event> last = node;
    while (last != broken) {
      Poison poison = poisonOf(last);
      if (poison.cutHops() > 0) {
        names.add("...");
      }
      List<Poison> path = poison.path();
      for (Poison hop : path.subList(1, path.size())) {
        last = Objects.requireNonNull(classes.get(hop.origin()), "class");
        names.add(last.name());
      }
    }
    return String.join(" <- ", names);
  }

  private Poison poisonOf(ClassNode<Event> node) {
    return Objects.requireNonNull(told.get(node), "poison");
  }
}
