package dev.carillon.flow;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One loop unit of a plan, in flat arrays: what repeats as a whole. */
final class UnitPlan {
  /*
   * Node 0 is the unit's source:
   * it begins an iteration, and of the first unit it carries the input. The last node is its end,
   * to which all leads. In between are parts, and joins: nodes without work that stand for many
   * edges, such as the barrier between two levels, or for a guard of a whole branch.
   *
   * An edge of kind D carries success: what depends on a node without a value is skipped. An edge of
   * kind O only orders. `outs` has both, as `node << 1 | ORDER`; `ins` has the D-predecessors, as
   * inputs first, in the order of the arguments, and then others. An input from another unit is no
   * edge; it is ~e in `ins`, for externals[e].
   *
   * In a pipelined unit, edges also lead from iteration k to k + d: `crossTo` and `crossDistance` of
   * a node, and of the node that they lead to the distances, `crossInDistance`. At most `window`
   * iterations are under way at once, and `reach` is the greatest distance.
   *
   * They include one from each part to itself where no other says as much, so that none overlaps
   * itself; what `window` says is not said again by edges.
   *
   * If the cycle is independent as a whole, its branches and its parts that are in none are units. The
   * first unit then has a source, which carries the input, an end, and the guards of splits, if there
   * are any; so it may have nothing to do.
   *
   * The memory of a plan: 21 bytes for each node, 8 for each edge, and for each part its name and
   * level.
   */
  static final int ORDER = 1;

  /** Says in `forms` that more than the form is to be looked at before the work is called. */
  private static final byte BY_RULES = (byte) 0x80;

  /**
   * A node of another unit.
   *
   * @param unit the unit's index
   * @param node the node there
   */
  record External(int unit, int node) {}

  final int index;
  final String name; // empty for the first unit
  private final byte[] forms; // code of Form, of each node, and BY_RULES
  final @Nullable Object[] work; // null for joins and the source
  final @Nullable PartRules[]
      rules; // null for the default: fails cleanly, is called on the CPU pool
  final int[] inStart; // nodes + 1
  final int[] ins;
  final int[] outStart; // nodes + 1
  final int[] outs;
  final int[] arrivals; // how many edges of the same iteration lead to each node
  final External[] externals;
  final int[] exported; // nodes whose values other units take, sorted
  final int[] inputsElsewhere; // those of them that are inputs there, and not only depended on

  /**
   * The part of each node, -1 for a node that is none; null if nodes 0 to parts - 1 are the parts.
   */
  final int @Nullable [] partOf;

  final Map<Integer, String> guardNames; // of the joins that stand for a branch's guard

  final Sync.Between between; // of its own iterations: a barrier or pipelined
  final int window;
  final int reach;
  final int @Nullable [] crossStart;
  final int @Nullable [] crossTo;
  final int @Nullable [] crossDistance;
  final int @Nullable [] crossInStart;
  final int @Nullable [] crossInDistance;

  final int group; // units of one group keep within a slack of each other; -1 for none
  final int slack;
  final long due; // when its first parts have to begin, from when the iteration began
  final int[] startedBy; // indexes of externals that must have had a value before it begins

  UnitPlan(Builder builder) {
    this.index = builder.index;
    this.name = builder.name;
    this.forms = builder.forms.clone();
    this.work = builder.work;
    this.rules = builder.rules;
    this.inStart = builder.inStart;
    this.ins = builder.ins;
    this.outStart = builder.outStart;
    this.outs = builder.outs;
    this.arrivals = builder.arrivals;
    this.externals = builder.externals;
    this.exported = builder.exported;
    this.inputsElsewhere = builder.inputsElsewhere;
    this.partOf = builder.partOf;
    this.guardNames = builder.guardNames;
    this.between = builder.between;
    this.window = builder.window;
    this.reach = builder.reach;
    this.crossStart = builder.crossStart;
    this.crossTo = builder.crossTo;
    this.crossDistance = builder.crossDistance;
    this.crossInStart = builder.crossInStart;
    this.crossInDistance = builder.crossInDistance;
    this.group = builder.group;
    this.slack = builder.slack;
    this.due = builder.due;
    this.startedBy = builder.startedBy;
    for (int node = 0; node < forms.length; node++) {
      if (!isPlain(node)) {
        forms[node] |= BY_RULES;
      }
    }
  }

  /** {@return whether a node whose predecessors all have values is simply called} */
  private boolean isPlain(int node) {
    PartRules about = rules[node];
    boolean isPlain = form(node).compareTo(Form.CALL5) <= 0 && (about == null || about.isPlain());
    for (int i = inStart[node]; i < inStart[node + 1]; i++) {
      isPlain &= ins[i] >= 0;
    }
    return isPlain;
  }

  /** {@return in which way a node's work is called} */
  Form form(int node) {
    return Form.of(forms[node] & ~BY_RULES);
  }

  /** {@return the same, if all that matters is that; null if rules or other units do} */
  @Nullable Form plainForm(int node) {
    byte form = forms[node];
    return form < 0 ? null : Form.of(form);
  }

  /** {@return the forms of all nodes, as bytes} */
  byte[] forms() {
    return forms.clone();
  }

  /** What a unit is made from. */
  static final class Builder {
    int index;
    String name = "";
    byte[] forms = {};
    @Nullable Object[] work = {};
    @Nullable PartRules[] rules = {};
    int[] inStart = {};
    int[] ins = {};
    int[] outStart = {};
    int[] outs = {};
    int[] arrivals = {};
    External[] externals = {};
    int[] exported = {};
    int[] inputsElsewhere = {};
    int @Nullable [] partOf;
    Map<Integer, String> guardNames = Map.of();
    Sync.Between between = new Sync.Barrier();
    int window = 1;
    int reach;
    int @Nullable [] crossStart;
    int @Nullable [] crossTo;
    int @Nullable [] crossDistance;
    int @Nullable [] crossInStart;
    int @Nullable [] crossInDistance;
    int group = -1;
    int slack = Sync.Independent.UNBOUNDED;
    long due = Deadlines.NONE;
    int[] startedBy = {};
  }

  int nodes() {
    return forms.length;
  }

  int end() {
    return forms.length - 1;
  }

  /** {@return the number of a node's part; -1 if it is none} */
  int part(int node, int parts) {
    int[] map = partOf;
    return map == null ? (node < parts ? node : -1) : map[node];
  }
}
