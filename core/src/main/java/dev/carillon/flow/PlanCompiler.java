package dev.carillon.flow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes plans of definitions. */
final class PlanCompiler {
  /*
   * All work is on a graph of numbers: parts, and nodes that stand for many edges.
   *
   * 1. Axes: what holds in each branch, and which loop units there are.
   * 2. WireDrawer: the edges that a person has drawn. Levels follow from these.
   * 3. KeyOrder and OrderDrawer: the edges that follow from keys and from the order of branches.
   * 4. UnitEnds: sources and ends. Then Topology looks for circles.
   * 5. Deadlines, RuleBook and UnitLayout: the graph in flat arrays.
   *
   * Each takes time in proportion to nodes and edges, times the depth of branches at worst. Only
   * the search for the shortest circle, when there is one, takes more.
   */
  private PlanCompiler() {}

  /**
   * {@return the plan of a definition}
   *
   * @throws PlanException if it contradicts itself
   */
  static CompiledPlan compile(CycleDraft draft) {
    var graph = new PlanGraph(draft);
    WireDrawer.draw(graph);
    int[] levels = Topology.levels(graph);
    PlanChecks.check(graph);
    Topology.dropBetweenUnits(graph);
    var cross = new CrossEdges(graph, levels);
    KeyOrder.draw(graph, cross);
    OrderDrawer.draw(graph, levels, cross);
    int[] sources = UnitEnds.draw(graph);
    Topology.check(graph);

    var rules = new RuleBook(graph, Deadlines.of(graph));
    boolean isOne = sources.length == 1;
    int[] nodeOf = new int[isOne ? 0 : graph.parts];
    UnitPlan[] units = UnitLayout.layOut(graph, rules, cross, sources, nodeOf);
    String[] names = new String[graph.parts];
    Arrays.setAll(names, part -> draft.parts.get(part).name());
    return new CompiledPlan(
        draft,
        names,
        levels,
        units,
        isOne ? null : graph.axes.unitOfPart,
        isOne ? null : nodeOf,
        rules.gates.toArray(new CompiledPlan.GatePlan[0]),
        rules.finalisers,
        output(draft, graph, nodeOf),
        graph.axes.overridden,
        PlanChecks.bounded(graph.findings));
  }

  private static CompiledPlan.@Nullable OutputPlan output(
      CycleDraft draft, PlanGraph graph, int[] nodeOf) {
    Out<?> output = draft.output;
    if (output == null || draft.isNothing(output)) {
      return null;
    }
    int part = PartDraft.of(output).id;
    var from = new UnitPlan.External(graph.unit(part), nodeOf.length == 0 ? part : nodeOf[part]);
    PartRules.WireRules wire = RuleBook.wire(output);
    return new CompiledPlan.OutputPlan(from, wire.asResult(), wire.checks());
  }
}
