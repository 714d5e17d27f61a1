package dev.carillon.flow;

/** What can stand at a position of a cycle, or be registered: a part, or a cycle. */
public sealed interface Placeable permits Part, Cycle {

  /** {@return its name} */
  String name();
}
