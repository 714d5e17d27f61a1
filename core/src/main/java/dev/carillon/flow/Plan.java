package dev.carillon.flow;

import java.util.List;

/** A cycle in its compiled form: what it consists of and what waits for what. Immutable. */
public sealed interface Plan permits CompiledPlan {

  /** {@return the cycle's name} */
  String name();

  /** {@return how many parts it has} */
  int size();

  /** {@return its parts, in the order in which they were added} */
  List<PlannedPart> parts();

  /**
   * {@return a part}
   *
   * @param name its name, with those of the branches around it
   * @throws IllegalArgumentException if there is none of that name, saying which are like it
   */
  PlannedPart part(String name);

  /** {@return the settings of splits that those of the cycle replace} */
  List<OverriddenSync> overridden();

  /** {@return what is allowed and probably not meant, a sentence each} */
  List<String> findings();

  /** {@return the plan as a graph in the DOT language of Graphviz} */
  String toDot();

  /** {@return the plan as a Mermaid flowchart} */
  String toMermaid();

  /**
   * {@return what is different in another plan}
   *
   * @param other the newer one
   */
  PlanDiff diff(Plan other);

  /**
   * A setting that has no effect.
   *
   * @param split what it was said of
   * @param axis {@code "order"} or {@code "between"}
   * @param said what was said
   * @param instead what holds instead
   */
  record OverriddenSync(String split, String axis, String said, String instead) {}
}
