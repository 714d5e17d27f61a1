package dev.carillon.bench;

/** The work of the parts of a graph, and a place for the value of each. */
final class PartValues {
  private static final Object VALUE = new Object();

  private final PartGraph graph;
  private final Object[] values;

  PartValues(PartGraph graph) {
    this.graph = graph;
    values = new Object[graph.parts()];
  }

  /** {@return the work of a part with no input} */
  static Object call() {
    return VALUE;
  }

  /** {@return the work of a part with one input} */
  static Object call(Object a) {
    return a;
  }

  /** {@return the work of a part with two inputs} */
  static Object call(Object a, Object b) {
    return a;
  }

  /** {@return the work of a part with three inputs} */
  static Object call(Object a, Object b, Object c) {
    return a;
  }

  /** Calls the work of a part, whose inputs have their values. */
  void run(int part) {
    values[part] =
        switch (graph.inputs(part)) {
          case 0 -> call();
          case 1 -> call(input(part, 0));
          case 2 -> call(input(part, 0), input(part, 1));
          default -> call(input(part, 0), input(part, 1), input(part, 2));
        };
  }

  private Object input(int part, int index) {
    return values[graph.input(part, index)];
  }

  /** {@return the value of the last part} */
  Object last() {
    return values[values.length - 1];
  }
}
