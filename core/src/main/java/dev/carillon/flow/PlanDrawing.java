package dev.carillon.flow;

/** A compiled plan as text that graph tools draw. */
final class PlanDrawing {
  /*
   * What orders is dashed, what leads to a later iteration is dotted. The edges from sources that say
   * no more than "this is the beginning" and those to ends are left out, and with them joins that
   * lead to nothing else.
   */

  /** How things are written. */
  private interface Pen {
    void begin(String name);

    void beginUnit(int unit, String name);

    void endUnit();

    void part(String id, String name);

    void source(String id, String name);

    void guard(String id, String name);

    void join(String id);

    void edge(String from, String to, boolean isOrder);

    void cross(String from, String to, int distance);

    void end();
  }

  private final CompiledPlan plan;
  private final Pen pen;

  private PlanDrawing(CompiledPlan plan, Pen pen) {
    this.plan = plan;
    this.pen = pen;
  }

  static String dot(CompiledPlan plan) {
    var text = new StringBuilder();
    new PlanDrawing(plan, new Dot(text)).draw();
    return text.toString();
  }

  static String mermaid(CompiledPlan plan) {
    var text = new StringBuilder();
    new PlanDrawing(plan, new Mermaid(text)).draw();
    return text.toString();
  }

  private static String id(int unit, int node) {
    return unit == 0 ? "n" + node : "u" + unit + "n" + node;
  }

  private void draw() {
    pen.begin(plan.name);
    for (UnitPlan unit : plan.units) {
      if (unit.index > 0) {
        pen.beginUnit(unit.index, unit.name);
      }
      boolean[] isShown = shown(unit);
      drawNodes(unit, isShown);
      drawEdges(unit, isShown);
      if (unit.index > 0) {
        pen.endUnit();
      }
    }
    for (UnitPlan unit : plan.units) {
      drawExternals(unit);
    }
    pen.end();
  }

  private boolean[] shown(UnitPlan unit) {
    boolean[] isShown = new boolean[unit.nodes()];
    for (int node = unit.end() - 1; node >= 0; node--) {
      int[] cross = unit.crossStart;
      isShown[node] =
          unit.part(node, plan.names.length) >= 0
              || unit.guardNames.containsKey(node)
              || (cross != null && cross[node] < cross[node + 1]);
      for (int i = unit.outStart[node]; node > 0 && i < unit.outStart[node + 1]; i++) {
        isShown[node] |= isShown[unit.outs[i] >> 1];
      }
    }
    return isShown;
  }

  private void drawNodes(UnitPlan unit, boolean[] isShown) {
    for (int node = 0; node < isShown.length; node++) {
      String id = id(unit.index, node);
      if (isShown[node]) {
        String name = plan.nameOf(unit.index, node);
        if (unit.guardNames.containsKey(node)) {
          pen.guard(id, name);
        } else if (name.isEmpty()) {
          pen.join(id);
        } else if (unit.form(node) == Form.SOURCE) {
          pen.source(id, name);
        } else {
          pen.part(id, name);
        }
      }
    }
  }

  private void drawEdges(UnitPlan unit, boolean[] isShown) {
    for (int node = 0; node < isShown.length; node++) {
      for (int i = unit.outStart[node]; i < unit.outStart[node + 1]; i++) {
        int to = unit.outs[i] >> 1;
        boolean isOrder = (unit.outs[i] & UnitPlan.ORDER) != 0;
        if (isShown[node] && isShown[to] && !(isOrder && node == 0)) {
          pen.edge(id(unit.index, node), id(unit.index, to), isOrder);
        }
      }
    }
    int[] start = unit.crossStart;
    int[] target = unit.crossTo;
    int[] distance = unit.crossDistance;
    for (int node = 0;
        start != null && target != null && distance != null && node < isShown.length;
        node++) {
      for (int i = start[node]; i < start[node + 1]; i++) {
        if (target[i] != node) { // that none overlaps itself goes without saying
          pen.cross(id(unit.index, node), id(unit.index, target[i]), distance[i]);
        }
      }
    }
  }

  private void drawExternals(UnitPlan unit) {
    for (int node = 0; node < unit.nodes(); node++) {
      for (int i = unit.inStart[node]; i < unit.inStart[node + 1]; i++) {
        if (unit.ins[i] < 0) {
          UnitPlan.External from = unit.externals[~unit.ins[i]];
          pen.edge(id(from.unit(), from.node()), id(unit.index, node), false);
        }
      }
    }
  }

  /** The language of Graphviz. */
  private record Dot(StringBuilder text) implements Pen {
    private static String quoted(String name) {
      return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void line(String line) {
      text.append(line).append('\n');
    }

    @Override
    public void begin(String name) {
      line("digraph %s {".formatted(quoted(name)));
      line("  rankdir=LR;");
      line("  node [shape=box];");
    }

    @Override
    public void beginUnit(int unit, String name) {
      line("  subgraph cluster_%d {".formatted(unit));
      line("  label=%s;".formatted(quoted(name)));
    }

    @Override
    public void endUnit() {
      line("  }");
    }

    @Override
    public void part(String id, String name) {
      line("  %s [label=%s];".formatted(id, quoted(name)));
    }

    @Override
    public void source(String id, String name) {
      line("  %s [label=%s, shape=ellipse];".formatted(id, quoted(name)));
    }

    @Override
    public void guard(String id, String name) {
      line("  %s [label=%s, shape=diamond];".formatted(id, quoted(name)));
    }

    @Override
    public void join(String id) {
      line("  %s [label=\"\", shape=point];".formatted(id));
    }

    @Override
    public void edge(String from, String to, boolean isOrder) {
      line("  %s -> %s%s;".formatted(from, to, isOrder ? " [style=dashed]" : ""));
    }

    @Override
    public void cross(String from, String to, int distance) {
      line(
          "  %s -> %s [style=dotted, label=\"+%d\", constraint=false];"
              .formatted(from, to, distance));
    }

    @Override
    public void end() {
      line("}");
    }
  }

  /** That of Mermaid's flowcharts. */
  private record Mermaid(StringBuilder text) implements Pen {
    private static String quoted(String name) {
      return '"' + name.replace("#", "#35;").replace("\"", "#quot;") + '"';
    }

    private void line(String line) {
      text.append(line).append('\n');
    }

    @Override
    public void begin(String name) {
      line("flowchart LR");
    }

    @Override
    public void beginUnit(int unit, String name) {
      line("  subgraph u%d [%s]".formatted(unit, quoted(name)));
    }

    @Override
    public void endUnit() {
      line("  end");
    }

    @Override
    public void part(String id, String name) {
      line("  %s[%s]".formatted(id, quoted(name)));
    }

    @Override
    public void source(String id, String name) {
      line("  %s([%s])".formatted(id, quoted(name)));
    }

    @Override
    public void guard(String id, String name) {
      line("  %s{%s}".formatted(id, quoted(name)));
    }

    @Override
    public void join(String id) {
      line("  %s(( ))".formatted(id));
    }

    @Override
    public void edge(String from, String to, boolean isOrder) {
      line("  %s %s %s".formatted(from, isOrder ? "-.->" : "-->", to));
    }

    @Override
    public void cross(String from, String to, int distance) {
      line("  %s -. \"+%d\" .-> %s".formatted(from, distance, to));
    }

    @Override
    public void end() {}
  }
}
