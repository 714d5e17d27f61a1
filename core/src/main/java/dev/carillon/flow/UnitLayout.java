package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Lays the nodes and edges of a graph out as units, in flat arrays. */
final class UnitLayout {
  /*
   * The nodes of a unit keep their order, but for its source, which becomes its first. If there is one
   * unit, all nodes keep their numbers. Nodes and edges are sorted by unit, by counting.
   */
  private final PlanGraph graph;
  private final RuleBook rules;
  private final int[] nodeOf; // of each node its number in its unit
  private final int[] nodeStart; // of each unit, in nodes
  private final int[] nodes;
  private final int[] edgeStart; // of each unit, in edgesIn
  private final int[] edgesIn; // those that lead to a unit's nodes
  private final int units;
  private final List<IntList> exported = new ArrayList<>(); // of each unit
  private final List<IntList> inputsElsewhere = new ArrayList<>();

  private UnitLayout(PlanGraph graph, RuleBook rules, int[] sources) {
    this.graph = graph;
    this.rules = rules;
    this.units = sources.length;
    nodeStart = new int[units + 1];
    edgeStart = new int[units + 1];
    int count = graph.nodes();
    for (int node = 0; node < count; node++) {
      nodeStart[graph.unit(node) + 1]++;
    }
    for (int e = 0; e < graph.edges.size(); e++) {
      edgeStart[graph.unit(graph.edges.to(e)) + 1]++;
    }
    for (int unit = 0; unit < units; unit++) {
      nodeStart[unit + 1] += nodeStart[unit];
      edgeStart[unit + 1] += edgeStart[unit];
      exported.add(new IntList(1));
      inputsElsewhere.add(new IntList(1));
    }
    nodeOf = new int[count];
    nodes = new int[count];
    int[] next = nodeStart.clone();
    for (int unit = 0; unit < units; unit++) {
      nodes[next[unit]++] = sources[unit];
    }
    for (int node = 0; node < count; node++) {
      if (sources[graph.unit(node)] != node) {
        int unit = graph.unit(node);
        nodeOf[node] = next[unit] - nodeStart[unit];
        nodes[next[unit]++] = node;
      }
    }
    edgesIn = new int[graph.edges.size()];
    next = edgeStart.clone();
    for (int e = 0; e < edgesIn.length; e++) {
      edgesIn[next[graph.unit(graph.edges.to(e))]++] = e;
    }
  }

  /**
   * {@return the units}
   *
   * @param sources the source of each
   * @param nodeOfPart is given the number of each part's node, if there is more than one unit
   */
  static UnitPlan[] layOut(
      PlanGraph graph, RuleBook rules, CrossEdges cross, int[] sources, int[] nodeOfPart) {
    var layout = new UnitLayout(graph, rules, sources);
    var builders = new UnitPlan.Builder[layout.units];
    Arrays.setAll(builders, layout::layOutUnit);
    cross.layOut(builders[0]);
    var plans = new UnitPlan[layout.units];
    for (int unit = 0; unit < plans.length; unit++) {
      builders[unit].exported = sorted(layout.exported.get(unit));
      builders[unit].inputsElsewhere = sorted(layout.inputsElsewhere.get(unit));
      plans[unit] = new UnitPlan(builders[unit]);
    }
    System.arraycopy(layout.nodeOf, 0, nodeOfPart, 0, nodeOfPart.length);
    return plans;
  }

  private static int[] sorted(IntList nodes) {
    return Arrays.stream(nodes.toArray()).sorted().distinct().toArray();
  }

  private UnitPlan.Builder layOutUnit(int unit) {
    var plan = new UnitPlan.Builder();
    Axes.Unit about = graph.axes.units.get(unit);
    plan.index = unit;
    plan.name = about.name();
    plan.group = about.group();
    plan.slack = about.slack();
    plan.due = rules.deadlines.due(nodes[nodeStart[unit]]);
    layOutNodes(unit, plan);
    layOutIns(unit, plan);
    layOutOuts(unit, plan);
    return plan;
  }

  private void layOutNodes(int unit, UnitPlan.Builder plan) {
    int count = nodeStart[unit + 1] - nodeStart[unit];
    plan.forms = new byte[count];
    plan.work = new @Nullable Object[count];
    plan.rules = new @Nullable PartRules[count];
    int[] partOf = new int[units == 1 ? 0 : count];
    var guards = new HashMap<Integer, String>();
    for (int i = 0; i < count; i++) {
      int node = nodes[nodeStart[unit] + i];
      boolean isPart = node < graph.parts;
      Form form = isPart ? graph.draft.parts.get(node).form : i == 0 ? Form.SOURCE : Form.JOIN;
      plan.forms[i] = form.code();
      if (isPart) {
        plan.work[i] = form == Form.SOURCE ? null : graph.draft.parts.get(node).work;
        plan.rules[i] = rules.ofPart(node);
      } else if (graph.isGuard(node)) {
        plan.rules[i] = rules.ofGuard(graph.branch(node));
        guards.put(i, graph.name(node));
      }
      if (units > 1) {
        partOf[i] = isPart ? node : -1;
      }
    }
    plan.partOf = units == 1 ? null : partOf;
    plan.guardNames = Map.copyOf(guards);
  }

  private void layOutIns(int unit, UnitPlan.Builder plan) {
    Edges edges = graph.edges;
    int count = plan.forms.length;
    int[] start = new int[count + 1];
    for (int i = edgeStart[unit]; i < edgeStart[unit + 1]; i++) {
      if (edges.carriesSuccess(edgesIn[i])) {
        start[nodeOf[edges.to(edgesIn[i])] + 1]++;
      }
    }
    for (int node = 0; node < count; node++) {
      start[node + 1] += start[node];
    }
    int[] ins = new int[start[count]];
    int[] next = start.clone();
    var numbers = new HashMap<UnitPlan.External, Integer>();
    var externals = new ArrayList<UnitPlan.External>();
    for (int i = edgeStart[unit]; i < edgeStart[unit + 1]; i++) {
      int e = edgesIn[i];
      if (edges.carriesSuccess(e)) {
        int from = edges.from(e);
        int place = next[nodeOf[edges.to(e)]]++;
        if (graph.unit(from) == unit) {
          ins[place] = nodeOf[from];
        } else {
          var external = new UnitPlan.External(graph.unit(from), nodeOf[from]);
          ins[place] = ~numbers.computeIfAbsent(external, _ -> externals.size());
          if (numbers.size() > externals.size()) {
            externals.add(external);
            exported.get(external.unit()).add(external.node());
          }
          if (edges.why(e) == Edges.Why.WIRE) {
            inputsElsewhere.get(external.unit()).add(external.node());
          }
        }
      }
    }
    plan.inStart = start;
    plan.ins = ins;
    plan.externals = externals.toArray(new UnitPlan.External[0]);
    plan.startedBy = new int[unit == 0 ? 0 : externals.size()];
    Arrays.setAll(plan.startedBy, i -> i);
  }

  /** Edges that only order are left out where another is between the same nodes. */
  private void layOutOuts(int unit, UnitPlan.Builder plan) {
    Edges edges = graph.edges;
    int count = plan.forms.length;
    int[] start = new int[count + 1];
    for (int i = edgeStart[unit]; i < edgeStart[unit + 1]; i++) {
      int from = edges.from(edgesIn[i]);
      if (graph.unit(from) == unit) {
        start[nodeOf[from] + 1]++;
      }
    }
    for (int node = 0; node < count; node++) {
      start[node + 1] += start[node];
    }
    int[] outs = new int[start[count]];
    int[] next = start.clone();
    for (int i = edgeStart[unit]; i < edgeStart[unit + 1]; i++) {
      int e = edgesIn[i];
      if (graph.unit(edges.from(e)) == unit) {
        int kind = edges.carriesSuccess(e) ? 0 : UnitPlan.ORDER;
        outs[next[nodeOf[edges.from(e)]]++] = nodeOf[edges.to(e)] << 1 | kind;
      }
    }
    plan.arrivals = new int[count];
    int[] seenFrom = new int[count];
    Arrays.fill(seenFrom, -1);
    int kept = 0;
    for (int node = 0; node < count; node++) {
      int first = start[node];
      start[node] = kept;
      for (int i = first; i < next[node]; i++) {
        int to = outs[i] >> 1;
        if ((outs[i] & UnitPlan.ORDER) == 0 || seenFrom[to] != node) {
          seenFrom[to] = node;
          plan.arrivals[to]++;
          outs[kept++] = outs[i];
        }
      }
    }
    start[count] = kept;
    plan.outStart = start;
    plan.outs = kept == outs.length ? outs : Arrays.copyOf(outs, kept);
  }
}
