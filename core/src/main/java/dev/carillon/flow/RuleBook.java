package dev.carillon.flow;

import dev.carillon.flow.CompiledPlan.FinaliserPlan;
import dev.carillon.flow.CompiledPlan.GatePlan;
import dev.carillon.flow.PartRules.WireRules;
import dev.carillon.schedule.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How each node is run, with what it inherits from the branches around it. */
final class RuleBook {
  /*
   * What nothing was said of but by the branches around it differs from its neighbours by the number
   * of its inputs only, and shares its rules with them. That number is told by the form, too, as
   * long as all its D-predecessors are inputs; if nothing is inherited either, there are no rules.
   */

  /** What is the same for all in a branch. */
  private record Inherited(OnError<Object> onError, List<Integer> gates, List<Integer> begins) {
    boolean isDefault() {
      return onError instanceof OnError.CleanFail && gates.isEmpty() && begins.isEmpty();
    }
  }

  private record Sharing(Inherited inherited, int wired, long due, long tail) {}

  final List<GatePlan> gates = new ArrayList<>();
  final List<FinaliserPlan> finalisers = new ArrayList<>();
  final Deadlines deadlines;

  private final PlanGraph graph;
  private final List<Inherited> inherited = new ArrayList<>(); // of each branch
  private final boolean[] isGated; // of each part: whether not all D-predecessors are inputs
  private final Map<Sharing, PartRules> shared = new HashMap<>();
  private @Nullable Sharing lastSharing;
  private @Nullable PartRules lastRules;

  RuleBook(PlanGraph graph, Deadlines deadlines) {
    this.graph = graph;
    this.deadlines = deadlines;
    this.isGated = new boolean[graph.parts];
    for (int b = 0; b < graph.tree.size(); b++) {
      inherited.add(inherit(b));
    }
    Edges edges = graph.edges;
    for (int e = 0; e < edges.size(); e++) {
      if (edges.carriesSuccess(e) && edges.why(e) != Edges.Why.WIRE && edges.to(e) < graph.parts) {
        isGated[edges.to(e)] = true;
      }
    }
  }

  private Inherited inherit(int b) {
    BranchDraft<?> branch = graph.tree.draft(b);
    Inherited around =
        b == 0
            ? new Inherited(OnError.cleanFail(), List.of(), List.of())
            : inherited.get(graph.tree.parent[b]);
    List<Integer> passed = around.gates();
    if (branch.sync.limit().isPresent() || branch.sync.rate() != null) {
      passed = new ArrayList<>(passed);
      passed.add(gates.size());
      gates.add(new GatePlan(branch.toString(), branch.sync.limit(), branch.sync.rate()));
    }
    List<Integer> begun = around.begins();
    for (BranchDraft.Finaliser finaliser : branch.finalisers) {
      if (b > 0) {
        begun = new ArrayList<>(begun);
        begun.add(finalisers.size());
      }
      finalisers.add(new FinaliserPlan(branch.path(finaliser.name()), finaliser.work(), b == 0));
    }
    OnError<Object> onError = branch.onError == null ? around.onError() : branch.onError;
    return new Inherited(onError, List.copyOf(passed), List.copyOf(begun));
  }

  /**
   * {@return the rules of a part; null for the default, of which a join needs to know its inputs}
   */
  @Nullable PartRules ofPart(int node) {
    PartDraft<?> part = graph.draft.parts.get(node);
    if (part.form == Form.SOURCE) {
      return null;
    }
    Inherited around = inherited.get(graph.branch(node));
    int wired = part.inputs.size();
    RulesDraft said = part.rulesIfAny();
    List<WireRules> wires = wires(part);
    long due = deadlines.due(node);
    if (said != null || !wires.isEmpty()) {
      RulesDraft draft = said == null ? new RulesDraft() : said;
      return rules(around, draft, wired, wires, due, deadlines.tail(node));
    }
    boolean isJoin = part.form == Form.ANY_SUCCESS || part.form == Form.ALWAYS;
    if (around.isDefault() && !isGated[node] && !isJoin && due == Deadlines.NONE) {
      return null;
    }
    return shared(new Sharing(around, wired, due, deadlines.tail(node)));
  }

  private PartRules shared(Sharing sharing) {
    PartRules rules = lastRules;
    if (rules == null || !isLast(sharing)) {
      rules =
          shared.computeIfAbsent(
              sharing,
              by -> rules(by.inherited, new RulesDraft(), by.wired, List.of(), by.due, by.tail));
      lastSharing = sharing;
      lastRules = rules;
    }
    return rules;
  }

  @SuppressWarnings("ReferenceEquality") // that it is the same is all that is asked
  private boolean isLast(Sharing sharing) {
    Sharing last = lastSharing;
    return last != null
        && last.inherited == sharing.inherited
        && last.wired == sharing.wired
        && last.due == sharing.due
        && last.tail == sharing.tail;
  }

  private static PartRules rules(
      Inherited around, RulesDraft said, int wired, List<WireRules> wires, long due, long tail) {
    Set<Key<?>> readable = new LinkedHashSet<>(said.readKeys);
    readable.addAll(said.writtenKeys);
    var readParts = new TreeSet<Integer>();
    said.readParts.forEach(part -> readParts.add(part.id));
    return new PartRules(
        said.onError == null ? around.onError() : typed(said.onError),
        said.propagating,
        nanos(said.within),
        nanos(said.attempt),
        nanos(said.cost),
        due,
        tail,
        said.late,
        said.placement,
        said.site,
        said.lane,
        said.band,
        said.undo,
        List.copyOf(said.checks),
        List.copyOf(said.guards),
        List.copyOf(said.locks),
        Map.copyOf(said.needs),
        Set.copyOf(readable),
        Set.copyOf(said.writtenKeys),
        Set.copyOf(readParts),
        wired,
        wires,
        around.gates(),
        around.begins());
  }

  /** {@return the rules of a branch's guard, whose failure is one of a part of that branch} */
  PartRules ofGuard(int branch) {
    Inherited around = inherited.get(branch);
    var said = new RulesDraft();
    said.guards.addAll(graph.tree.draft(branch).guards);
    said.placement = Placement.CALLER;
    var ungated = new Inherited(around.onError(), List.of(), List.of());
    return rules(ungated, said, 0, List.of(), Deadlines.NONE, 0);
  }

  @SuppressWarnings("unchecked") // it is only ever asked for values of its part
  private static OnError<Object> typed(OnError<?> policy) {
    return (OnError<Object>) policy;
  }

  private static long nanos(@Nullable Duration time) {
    return time == null ? 0 : TimeUnit.NANOSECONDS.convert(time); // at most what a long can hold
  }

  /** {@return what is done on the way of each input; empty if nothing is} */
  private static List<WireRules> wires(PartDraft<?> part) {
    boolean isPlain = true;
    for (Out<?> input : part.inputs) {
      isPlain &= input instanceof PartDraft;
    }
    if (isPlain) {
      return List.of();
    }
    return part.inputs.stream().map(RuleBook::wire).toList();
  }

  static WireRules wire(Out<?> input) {
    return switch (input) {
      case PartDraft<?> _ -> new WireRules(false, List.of());
      case CheckedWire<?> checked -> new WireRules(checked.asResult(), checked.checks());
    };
  }
}
