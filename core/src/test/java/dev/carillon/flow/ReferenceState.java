package dev.carillon.flow;

import dev.carillon.flow.ReferenceCell.State;
import dev.carillon.flow.ReferenceModel.Node;
import dev.carillon.flow.ReferenceUnits.At;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a run of the reference has come to: nodes, values, keys, loops. */
final class ReferenceState {
  final ReferenceScript script;
  private final ReferenceModel model;
  private final Outcome<Object> input;
  private final Map<At, ReferenceCell> cells = new LinkedHashMap<>();
  private final Map<Node, ReferenceCell> latest = new HashMap<>(); // that has ended
  private final Map<Node, ReferenceCell> latestUsable = new HashMap<>();
  private final Map<String, ReferenceLoop> loops = new LinkedHashMap<>();
  private final Map<Key<?>, Object> runKeys = new HashMap<>();
  private final Map<String, Map<Key<?>, Object>> iterationKeys = new HashMap<>();
  private final List<ReferenceCell> ends = new ArrayList<>(); // in their order
  private final List<BranchDraft<?>> begun = new ArrayList<>(); // branches, in their order
  private final List<String> undone = new ArrayList<>();

  ReferenceState(ReferenceModel model, ReferenceScript script, Object input) {
    this.model = model;
    this.script = script;
    this.input = new Outcome.Success<>(input);
    model.units.names().forEach(unit -> loops.put(unit, new ReferenceLoop(unit)));
    begun.add(model.draft.root);
  }

  // ── cells and loops ──

  ReferenceLoop loop(String unit) {
    ReferenceLoop of = loops.get(unit);
    return of == null ? new ReferenceLoop(unit) : of; // one without nodes never begins
  }

  @Nullable ReferenceCell cellIfAny(Node node, long iteration) {
    return cells.get(new At(node, iteration));
  }

  ReferenceCell cell(Node node, long iteration) {
    ReferenceCell cell = cellIfAny(node, iteration);
    if (cell == null) {
      throw new IllegalStateException(
          "iteration %d of %s has not begun".formatted(iteration, node));
    }
    return cell;
  }

  @Nullable ReferenceCell latestUsable(Node node) {
    return latestUsable.get(node);
  }

  void begin(String unit, long iteration) {
    for (Node node : model.units.nodes(unit)) {
      var cell = new ReferenceCell(node, iteration);
      cells.put(new At(node, iteration), cell);
      if (node.isInput()) {
        cell.ending = Ending.SUCCESS;
        cell.state = State.ENDED;
      }
    }
  }

  Stream<Node> running() {
    return cells.values().stream()
        .filter(cell -> cell.state == State.RUNNING)
        .map(cell -> cell.node);
  }

  // ── deciding ──

  /** {@return what a node is given by another: its outcome in this iteration, or the latest} */
  private @Nullable Outcome<Object> seen(Node from, ReferenceCell by) {
    if (from.isInput()) {
      return input;
    }
    boolean isSameUnit = model.units.unitOf(from).equals(model.units.unitOf(by.node));
    ReferenceCell cell = isSameUnit ? cell(from, by.iteration) : latestUsable(from);
    return cell == null ? null : outcome(cell);
  }

  private Outcome<Object> outcome(ReferenceCell cell) {
    return cell.node.isInput()
        ? input
        : cell.outcome(ReferenceRules.defaultOf(model.policy(cell.node)));
  }

  private static boolean isUsable(@Nullable Outcome<Object> outcome) {
    return outcome != null && outcome.isUsable();
  }

  /** Decides a node whose predecessors have ended, by their outcomes alone. */
  void decide(Node node, long k, boolean isHalted, Predicate<Node> isGone) {
    ReferenceCell cell = cell(node, k);
    if (isHalted) {
      cell.settle(Ending.CANCELLED);
      return;
    }
    boolean isSkipped = loop(model.units.unitOf(node)).isSkipped;
    if (isSkipped || !hasEnough(cell, from -> isUsable(seen(from, cell)))) {
      cell.settle(Ending.SKIPPED_UPSTREAM);
      return;
    }
    askGuards(cell);
    if (cell.state == State.WAITING) {
      admit(cell, node.part == null ? List.of() : node.part.inputs);
    }
  }

  /**
   * {@return whether a node is skipped whatever other units give that they have not given yet}
   *
   * @param mayCome whether one of which there is nothing may still give something
   */
  boolean isSkippedAnyway(ReferenceCell cell, Predicate<Node> mayCome) {
    return !hasEnough(
        cell,
        from -> {
          Outcome<Object> outcome = seen(from, cell);
          return outcome == null ? mayCome.test(from) : outcome.isUsable();
        });
  }

  private boolean hasEnough(ReferenceCell cell, Predicate<Node> isUsable) {
    Node node = cell.node;
    List<Out<?>> wires = node.part == null ? List.of() : node.part.inputs;
    long usable =
        wires.stream().map(wire -> model.node(PartDraft.of(wire))).filter(isUsable).count();
    boolean othersUsable = model.otherSources(node).stream().allMatch(isUsable);
    return ReferenceRules.hasEnough(node, wires.size(), (int) usable, othersUsable);
  }

  private void askGuards(ReferenceCell cell) {
    Node node = cell.node;
    RulesDraft rules = node.rules();
    boolean isGuarded = node.isGuard() || (rules != null && !rules.guards.isEmpty());
    try {
      if (isGuarded && !script.guard(node.name, cell.iteration)) {
        cell.settle(Ending.SKIPPED_CONDITION);
      } else if (node.isGuard()) {
        cell.given = true;
        cell.settle(Ending.SUCCESS);
      }
    } catch (Exception e) {
      cell.failure = e;
      cell.settle(ReferenceRules.endOfFailure(model, node));
    }
  }

  private void admit(ReferenceCell cell, List<Out<?>> wires) {
    cell.wasAdmitted = true;
    for (BranchDraft<?> branch : ReferenceModel.around(cell.node.branch).reversed()) {
      if (!begun.contains(branch)) {
        begun.add(branch);
      }
    }
    var inputs = new ArrayList<Object>();
    for (Out<?> wire : wires) {
      Outcome<Object> outcome = seen(model.node(PartDraft.of(wire)), cell);
      if (cell.node.part != null && cell.node.part.form == Form.ALWAYS) {
        inputs.add(outcome == null ? new Outcome.Skipped<>(Outcome.Why.UPSTREAM, null) : outcome);
      } else if (outcome != null && outcome.isUsable()) {
        Object value = ReferenceRules.carried(wire, outcome);
        inputs.add(value);
        boolean isChecked = cell.failure == null && !(outcome instanceof Outcome.Propagated);
        if (isChecked && wire instanceof CheckedWire<?> checked) { // checks are for values
          cell.failure = ReferenceRules.firstFailure(checked.checks(), value);
        }
      }
    }
    cell.inputs = List.copyOf(inputs);
    if (cell.failure == null) {
      cell.state = State.ADMITTED;
    } else {
      cell.settle(ReferenceRules.endOfFailure(model, cell.node));
    }
  }

  // ── attempts ──

  /** Begins an attempt, and finds out what it will give. */
  void call(ReferenceCell cell) {
    cell.attempt++;
    cell.state = State.RUNNING;
    cell.failure = null;
    cell.hasThrown = false;
    cell.given = null;
    cell.written = new LinkedHashMap<>();
    RulesDraft rules = cell.node.rules();
    try {
      Object value = script.call(cell.node.name, new ReferenceCall(this, cell));
      cell.given = value;
      cell.failure =
          value == null
              ? new NullPointerException("a value must not be null")
              : ReferenceRules.firstFailure(rules == null ? List.of() : rules.checks, value);
    } catch (Throwable e) {
      cell.failure = e;
      cell.hasThrown = true;
    }
  }

  void attemptEnded(ReferenceCell cell, boolean ok) {
    Throwable failure = cell.failure;
    if (ok && failure == null) {
      cell.settle(Ending.SUCCESS);
      return;
    }
    if (failure == null) { // it would have succeeded, but was ended by a halt or by time
      failure = new InterruptedException("ended from outside");
      cell.failure = failure;
    }
    if (ReferenceRules.isRetried(model.policy(cell.node), cell.attempt, failure)) {
      cell.state = State.ADMITTED;
    } else {
      cell.settle(ReferenceRules.endOfFailure(model, cell.node));
    }
  }

  void end(ReferenceCell cell, Ending ending) {
    cell.ending = ending;
    cell.state = State.ENDED;
    ends.add(cell);
    latest.put(cell.node, cell);
    if (cell.isUsable()) {
      latestUsable.put(cell.node, cell);
    }
    if (ending == Ending.SUCCESS) {
      cell.written.forEach((key, value) -> keys(key, cell).put(key, value));
    }
  }

  /** {@return what is committed, where a key of a node is kept} */
  Map<Key<?>, Object> keys(Key<?> key, ReferenceCell cell) {
    String iteration = model.units.unitOf(cell.node) + "@" + cell.iteration;
    return key.scope() == Key.Lifetime.RUN
        ? runKeys
        : iterationKeys.computeIfAbsent(iteration, _ -> new HashMap<>());
  }

  Outcome<?> outcomeOf(String part, long iteration) {
    return outcome(cell(model.node(part), iteration));
  }

  // ── what came of it ──

  /** {@return what the status of an iteration can be; one, but for races with {@code cancel()}} */
  Set<RunStatus> statuses(String unit, long k, boolean isCancelled) {
    var statuses = EnumSet.noneOf(RunStatus.class);
    boolean anyCancelled = false;
    RunStatus worst = RunStatus.OK;
    for (Node node : model.units.nodes(unit)) {
      ReferenceCell cell = cell(node, k);
      worst = worst.max(ReferenceRules.severity(cell.ending, isTaken(node, k)));
      anyCancelled |= cell.ending == Ending.CANCELLED;
    }
    if (isCancelled) {
      statuses.add(RunStatus.CANCELLED);
    }
    if (!(isCancelled && anyCancelled)) {
      statuses.add(worst);
    }
    return statuses;
  }

  /**
   * {@return whether somebody who was admitted took what a part handed on, or the cycle gives it}
   * What is handed on to another unit counts as taken: who will take it is not known then.
   */
  private boolean isTaken(Node node, long k) {
    String unit = model.units.unitOf(node);
    for (Node taker : model.takers(node)) {
      ReferenceCell cell = cellIfAny(taker, k);
      boolean isElsewhere = !model.units.unitOf(taker).equals(unit);
      if (isElsewhere || (cell != null && cell.wasAdmitted)) {
        return true;
      }
    }
    return isOutput(node);
  }

  private boolean isOutput(Node node) {
    Out<?> output = model.draft.output;
    return output != null
        && !model.draft.isNothing(output)
        && model.node(PartDraft.of(output)) == node;
  }

  /** {@return the greatest severity of iterations and finalisers} */
  RunStatus worst() {
    RunStatus worst = RunStatus.OK;
    for (ReferenceLoop of : loops.values()) {
      for (RunStatus status : of.statuses.values()) {
        worst = worst.max(status);
      }
    }
    boolean anyFails = finalisers().stream().anyMatch(script::finaliserFails);
    return anyFails ? worst.max(RunStatus.ERROR) : worst;
  }

  /** {@return the names of the finalisers that are owed, in the order in which they run} */
  List<String> finalisers() {
    var names = new ArrayList<String>();
    for (BranchDraft<?> branch : begun.reversed()) {
      for (BranchDraft.Finaliser finaliser : branch.finalisers.reversed()) {
        names.add(branch.path(finaliser.name()));
      }
    }
    return names;
  }

  /** Notes what is undone as an iteration ends, the last first. */
  void undo(String unit, long k, RunStatus status) {
    if (!model.draft.undoesOnFailure || status.compareTo(RunStatus.ERROR) < 0) {
      return;
    }
    for (ReferenceCell cell : ends.reversed()) {
      RulesDraft rules = cell.node.rules();
      if (cell.iteration == k
          && model.units.unitOf(cell.node).equals(unit)
          && cell.ending == Ending.SUCCESS
          && rules != null
          && rules.undo != null) {
        undone.add(cell.node.name + "@" + k);
      }
    }
  }

  /** {@return what was undone, as {@code part@iteration}, in that order} */
  List<String> undone() {
    return List.copyOf(undone);
  }

  /** {@return the outcomes of all nodes in the iterations that have begun, by {@code node@k}} */
  Map<String, Outcome<Object>> outcomes() {
    var outcomes = new TreeMap<String, Outcome<Object>>();
    for (ReferenceCell cell : cells.values()) {
      if (cell.hasEnded() && !cell.node.isInput()) {
        outcomes.put(cell.node.name + "@" + cell.iteration, outcome(cell));
      }
    }
    return outcomes;
  }

  /** {@return the latest outcome of a node, if it has had one} */
  Optional<Outcome<Object>> latestOutcome(Node node) {
    return Optional.ofNullable(latest.get(node)).map(this::outcome);
  }

  /** {@return the severity of each iteration that has ended, by {@code unit@k}} */
  Map<String, RunStatus> iterationStatuses() {
    var statuses = new TreeMap<String, RunStatus>();
    loops.forEach((unit, of) -> of.statuses.forEach((k, s) -> statuses.put(unit + "@" + k, s)));
    return statuses;
  }

  /** {@return the failures that count, in the order of the iterations and of the plan} */
  List<String> failures() {
    var failures = new TreeMap<Long, List<String>>();
    for (Node node : model.nodes) {
      for (ReferenceCell cell : cells.values()) {
        RunStatus severity =
            ReferenceRules.severity(cell.ending, isTaken(cell.node, cell.iteration));
        if (cell.node == node && cell.hasEnded() && severity != RunStatus.OK) {
          failures
              .computeIfAbsent(cell.iteration, _ -> new ArrayList<>())
              .add("%s, %d attempts, %s".formatted(cell.node, cell.attempt, severity));
        }
      }
    }
    var all = new ArrayList<String>();
    failures.forEach((k, of) -> of.forEach(each -> all.add("iteration " + k + ": " + each)));
    return all;
  }

  /** {@return the value of the cycle, if it has one} */
  Optional<Object> value() {
    Out<?> output = model.draft.output;
    if (output == null || model.draft.isNothing(output)) {
      return Optional.of(Done.DONE);
    }
    Node node = model.node(PartDraft.of(output));
    if (node.isInput()) {
      return input.result();
    }
    return Optional.ofNullable(latestUsable.get(node))
        .map(cell -> ReferenceRules.carried(output, outcome(cell)));
  }
}
