package dev.carillon.bench;

import dev.carillon.flow.Cycle;
import dev.carillon.flow.Definition;
import dev.carillon.flow.Done;
import dev.carillon.flow.Flow;
import dev.carillon.flow.Loop;
import dev.carillon.flow.Out;
import dev.carillon.flow.RunOptions;
import dev.carillon.flow.RunStatus;
import dev.carillon.function.Fn0;
import dev.carillon.function.Fn1;
import dev.carillon.function.Fn2;
import dev.carillon.function.Fn3;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Makes cycles of graphs. */
final class PartCycles {
  private static final Object VALUE = new Object();
  private static final Fn0<Object> FIRST = () -> VALUE;
  private static final Fn1<Object, Object> ONE = a -> a;
  private static final Fn2<Object, Object, Object> TWO = (a, b) -> a;
  private static final Fn3<Object, Object, Object, Object> THREE = (a, b, c) -> a;

  private PartCycles() {}

  /** {@return a name for each part} They are made before what is measured. */
  static String[] names(PartGraph graph) {
    String[] names = new String[graph.parts()];
    for (int part = 0; part < names.length; part++) {
      names[part] = "part" + part;
    }
    return names;
  }

  /**
   * {@return a cycle of the parts of a graph}
   *
   * @param names of the parts
   * @param iterations how often it runs
   * @param setting what is said of each part
   */
  static Cycle<Done, Done> of(
      PartGraph graph, String[] names, int iterations, Consumer<Out<Object>> setting) {
    return Cycle.of(
        "graph",
        definition -> {
          wire(definition, graph, names, setting);
          definition.loop(Loop.times(iterations));
        });
  }

  /** {@return how a run of a cycle ended, which has to be well} */
  static RunStatus run(Flow flow, Cycle<Done, Done> cycle, UnaryOperator<RunOptions> options)
      throws InterruptedException {
    RunStatus status = flow.start(cycle, Done.DONE, options).await();
    if (status != RunStatus.OK) {
      throw new BenchmarkException("a run must be all right: status=" + status);
    }
    return status;
  }

  private static void wire(
      Definition<Done> to, PartGraph graph, String[] names, Consumer<Out<Object>> setting) {
    List<Out<Object>> parts = new ArrayList<>(graph.parts());
    for (int part = 0; part < graph.parts(); part++) {
      Out<Object> made =
          switch (graph.inputs(part)) {
            case 0 -> to.part(names[part], FIRST);
            case 1 -> to.part(names[part], ONE, parts.get(graph.input(part, 0)));
            case 2 ->
                to.part(
                    names[part],
                    TWO,
                    parts.get(graph.input(part, 0)),
                    parts.get(graph.input(part, 1)));
            default ->
                to.part(
                    names[part],
                    THREE,
                    parts.get(graph.input(part, 0)),
                    parts.get(graph.input(part, 1)),
                    parts.get(graph.input(part, 2)));
          };
      setting.accept(made);
      parts.add(made);
    }
  }
}
