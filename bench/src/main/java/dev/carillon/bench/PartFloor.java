package dev.carillon.bench;

/** The least that runs a graph again and again on one thread: a counter per part, a stack. */
final class PartFloor {
  private final PartGraph graph;
  private final PartValues values;
  private final int[] remaining; // inputs without a value; as at first when all have run
  private final int[] ready;

  PartFloor(PartGraph graph) {
    this.graph = graph;
    values = new PartValues(graph);
    remaining = new int[graph.parts()];
    ready = new int[graph.parts()];
    for (int part = 0; part < remaining.length; part++) {
      remaining[part] = graph.inputs(part);
    }
  }

  /** {@return the value of the last part, when all have run} */
  Object run() {
    int top = 1; // part 0 is ready
    ready[0] = 0;
    while (top > 0) {
      int part = ready[--top];
      values.run(part);
      remaining[part] = graph.inputs(part);
      for (int i = 0; i < graph.outputs(part); i++) {
        int next = graph.output(part, i);
        if (--remaining[next] == 0) {
          ready[top++] = next;
        }
      }
    }
    return values.last();
  }
}
