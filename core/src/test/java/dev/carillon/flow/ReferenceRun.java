package dev.carillon.flow;

import dev.carillon.flow.ReferenceAction.BeginAttempt;
import dev.carillon.flow.ReferenceAction.BeginIteration;
import dev.carillon.flow.ReferenceAction.Cancel;
import dev.carillon.flow.ReferenceAction.Decide;
import dev.carillon.flow.ReferenceAction.End;
import dev.carillon.flow.ReferenceAction.EndAttempt;
import dev.carillon.flow.ReferenceAction.EndIteration;
import dev.carillon.flow.ReferenceAction.EndRun;
import dev.carillon.flow.ReferenceAction.Stop;
import dev.carillon.flow.ReferenceCell.State;
import dev.carillon.flow.ReferenceModel.Edge;
import dev.carillon.flow.ReferenceModel.Node;
import dev.carillon.flow.ReferenceUnits.At;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A run of a cycle as {@code docs/flow.md} means it: which actions are allowed, and what they do.
 */
final class ReferenceRun {
  /*
   * A transition system. `refusal` says of an action why it is not allowed now, each sentence of
   * the page being a line of it; `apply` does an action that is. `enabled` are all that are allowed,
   * so whoever chooses among them until the run has ended has an interpreter; and whoever has a
   * trace of the engine's checks it by applying one action after another.
   *
   * Time is left out: a pause may last as long as it likes, and a bound of time may end attempts at
   * any moment. A run is halted by `cancel()`, an instant failure or a quiet stop: then what runs
   * may end as it would have or be cancelled, and what does not run is cancelled.
   */
  private final ReferenceModel model;
  private final ReferenceUnits units;
  private final Loop loop;
  final ReferenceState state;
  private boolean isStopped;
  private boolean isCancelled; // by cancel()
  private boolean isHalted;
  private @Nullable RunStatus ended;

  ReferenceRun(ReferenceModel model, ReferenceScript script, Object input) {
    this.model = model;
    this.units = model.units;
    this.loop = model.draft.loop;
    this.state = new ReferenceState(model, script, input);
  }

  /** {@return how the run ended, if it has} */
  Optional<RunStatus> ended() {
    return Optional.ofNullable(ended);
  }

  boolean allows(ReferenceAction action) {
    return refusal(action) == null;
  }

  /** {@return why an action is not allowed; null if it is} */
  @Nullable String refusal(ReferenceAction action) {
    if (ended != null) {
      return "the run has ended";
    }
    return switch (action) {
      case BeginIteration(String unit, long k) -> refusalToBegin(state.loop(unit), k);
      case Decide(String node, long k) -> refusalToDecide(model.node(node), k);
      case BeginAttempt(String node, long k, int i) -> refusalToAttempt(model.node(node), k, i);
      case EndAttempt(String node, long k, int i, boolean ok) ->
          refusalToEndAttempt(model.node(node), k, i, ok);
      case End(String node, long k, Ending ending) -> refusalToEnd(model.node(node), k, ending);
      case EndIteration(String unit, long k, RunStatus status) ->
          refusalToEndIteration(state.loop(unit), k, status);
      case Cancel _, Stop _ -> null;
      case EndRun(RunStatus status) -> refusalToEndRun(status);
    };
  }

  void apply(ReferenceAction action) {
    String refusal = refusal(action);
    if (refusal != null) {
      throw new IllegalStateException(action + " is not allowed: " + refusal);
    }
    switch (action) {
      case BeginIteration(String unit, long k) -> begin(state.loop(unit), k);
      case Decide(String node, long k) -> state.decide(model.node(node), k, isHalted, this::isGone);
      case BeginAttempt(String node, long k, _) -> state.call(state.cell(model.node(node), k));
      case EndAttempt(String node, long k, _, boolean ok) -> {
        ReferenceCell cell = state.cell(model.node(node), k);
        state.attemptEnded(cell, ok);
        if (!isHalted && cell.state == State.ENDING && ReferenceRules.stopsAll(cell.ending)) {
          isHalted = true;
          cell.hasHalted = true;
        }
      }
      case End(String node, long k, Ending ending) -> {
        state.end(state.cell(model.node(node), k), ending);
        isHalted |= ReferenceRules.stopsAll(ending);
      }
      case EndIteration(String unit, long k, RunStatus status) -> {
        boolean isEnough = hasLoopOfCycle(unit) && loop.until() != null && state.script.until(k);
        state.loop(unit).end(k, status, loop, isEnough);
        state.undo(unit, k, status);
      }
      case Cancel _ -> {
        isCancelled |= !isHalted; // too late, once it is being stopped
        isHalted = true;
      }
      case Stop _ -> isStopped = true;
      case EndRun(RunStatus status) -> ended = status;
    }
  }

  // ── iterations ──

  private @Nullable String refusalToBegin(ReferenceLoop of, long k) {
    boolean isToBeSkipped = k == 1 && units.startedBy(of.unit).stream().anyMatch(this::isGone);
    if (isHalted || (isStopped && !isToBeSkipped)) {
      return "the run is being ended";
    }
    if (k != of.begun + 1) {
      return "the next iteration is " + (of.begun + 1);
    }
    String over = whyLoopIsOver(of, k);
    if (over != null) {
      return over;
    }
    if (of.underWay.size() >= units.window(of.unit)) {
      return "as many iterations as may are under way: " + of.underWay;
    }
    if (k == 1 && waitsForStart(of.unit)) {
      return "what it is started by has no value yet: " + units.startedBy(of.unit);
    }
    return refusalBySlack(of.unit, k);
  }

  /** Of the branches of one split, k_b − min k ≤ s. */
  private @Nullable String refusalBySlack(String unit, long k) {
    for (String name : units.group(unit)) {
      ReferenceLoop other = state.loop(name);
      boolean counts = !isOver(other) && !(other.begun == 0 && waitsForStart(name));
      if (counts && k - (other.ended() + 1) > units.slack(unit)) {
        return "it would be too far ahead of " + name;
      }
    }
    return null;
  }

  private boolean hasLoopOfCycle(String unit) {
    return unit.isEmpty() || units.isWhollyIndependent();
  }

  private @Nullable String whyLoopIsOver(ReferenceLoop of, long k) {
    if (of.hasEnded) {
      return "its loop has ended";
    }
    if (k > (hasLoopOfCycle(of.unit) || loop.most() == 1 ? loop.most() : Long.MAX_VALUE)) {
      return "it has had all of its iterations";
    }
    if (!hasLoopOfCycle(of.unit) && k > 1 && isOver(state.loop(""))) {
      return "the first unit's loop has ended";
    }
    return null;
  }

  /** {@return whether a unit has no iteration under way, and begins none any more} */
  private boolean isOver(ReferenceLoop of) {
    return of.underWay.isEmpty()
        && (isHalted || isStopped || whyLoopIsOver(of, of.begun + 1) != null);
  }

  /** {@return whether a unit may end without having begun: what it goes along with has failed} */
  private boolean maybeUnbegun(ReferenceLoop of) {
    return of.begun == 0
        && !hasLoopOfCycle(of.unit)
        && state.loop("").hasEnded
        && isOver(state.loop(""));
  }

  private boolean waitsForStart(String unit) {
    return units.startedBy(unit).stream().noneMatch(this::isGone)
        && !units.startedBy(unit).stream().allMatch(node -> state.latestUsable(node) != null);
  }

  /**
   * {@return whether what a unit is started by has ended in an iteration of another without a
   * value, or is of a unit of which that is true}
   */
  private boolean cannotBegin(String unit, String other, long k) {
    return state.loop(unit).begun == 0
        && units.startedBy(unit).stream()
            .filter(source -> state.latestUsable(source) == null)
            .anyMatch(source ->
                units.unitOf(source).equals(other)
                    ? state.cell(source, k).hasEnded()
                    : cannotBegin(units.unitOf(source), other, k));
  }

  /** {@return whether a node has had no usable outcome, and none can come any more} */
  private boolean isGone(Node node) {
    return state.latestUsable(node) == null && isOver(state.loop(units.unitOf(node)));
  }

  private void begin(ReferenceLoop of, long k) {
    of.isSkipped = k == 1 && units.startedBy(of.unit).stream().anyMatch(this::isGone);
    of.begin(k);
    state.begin(of.unit, k);
  }

  private @Nullable String refusalToEndIteration(ReferenceLoop of, long k, RunStatus status) {
    if (!of.underWay.contains(k)) {
      return "it is not under way";
    }
    for (Node node : units.nodes(of.unit)) {
      if (!state.cell(node, k).hasEnded()) {
        return node + " has not ended";
      }
    }
    return state.statuses(of.unit, k, isCancelled).contains(status)
        ? null
        : "its status is " + state.statuses(of.unit, k, isCancelled);
  }

  private @Nullable String refusalToEndRun(RunStatus status) {
    for (String unit : units.names()) {
      ReferenceLoop of = state.loop(unit);
      if (!isOver(of) && !maybeUnbegun(of)) {
        return "the loop of unit '%s' has not ended: begun %d, under way %s"
            .formatted(unit, of.begun, of.underWay);
      }
    }
    RunStatus worst = state.worst();
    return status == worst || (isCancelled && status == RunStatus.CANCELLED)
        ? null
        : "its status is " + worst;
  }

  // ── nodes ──

  private @Nullable String whoHasNotEnded(Node node, long k) {
    for (At at : units.endedBefore(node, k)) {
      ReferenceCell cell = state.cellIfAny(at.node(), at.iteration());
      if (cell == null || !cell.hasEnded()) {
        return "%s has not ended in iteration %d".formatted(at.node(), at.iteration());
      }
    }
    return null;
  }

  private @Nullable String refusalToDecide(Node node, long k) {
    ReferenceCell cell = state.cellIfAny(node, k);
    if (cell == null) {
      return "the iteration has not begun";
    }
    if (cell.state != State.WAITING) {
      return "it was decided before";
    }
    if (isHalted) {
      return null;
    }
    for (Node before : model.predecessors(node)) {
      if (!before.isInput() && !state.cell(before, k).hasEnded()) {
        return before + " has not ended";
      }
    }
    Predicate<Node> mayCome = from -> mayComeTo(node, k, from);
    if (!state.loop(units.unitOf(node)).isSkipped && !state.isSkippedAnyway(cell, mayCome)) {
      for (Edge edge : units.crossingInto(node)) {
        if (mayCome.test(edge.from())) {
          return edge.from() + " has no value yet";
        }
      }
    }
    if (!units.isPipelined(units.unitOf(node))) {
      return null; // one iteration begins when the one before has ended
    }
    Node input = model.nodes.getFirst();
    String early = model.predecessors(node).contains(input) ? whoHasNotEnded(input, k) : null;
    return early == null ? whoHasNotEnded(node, k) : early;
  }

  /** {@return whether another unit may still give a first value to a node in its iteration} */
  private boolean mayComeTo(Node node, long k, Node from) {
    return state.latestUsable(from) == null
        && !isGone(from)
        && !cannotBegin(units.unitOf(from), units.unitOf(node), k);
  }

  private @Nullable String refusalToAttempt(Node node, long k, int i) {
    ReferenceCell cell = state.cellIfAny(node, k);
    if (cell == null || cell.state != State.ADMITTED) {
      return "it is to make no attempt: " + (cell == null ? "not begun" : cell.state);
    }
    if (isHalted) {
      return "the run is being cancelled";
    }
    if (i != cell.attempt + 1) {
      return "the next attempt is " + (cell.attempt + 1);
    }
    for (BranchDraft<?> branch : ReferenceModel.around(node.branch)) {
      int limit = branch.sync.limit().orElse(Integer.MAX_VALUE);
      long running = state.running().filter(each -> ReferenceModel.isIn(each, branch)).count();
      if (running >= limit) {
        return "the gate of '%s' lets %d through at once".formatted(branch.name(), limit);
      }
    }
    return null;
  }

  private @Nullable String refusalToEndAttempt(Node node, long k, int i, boolean ok) {
    ReferenceCell cell = state.cellIfAny(node, k);
    if (cell == null || cell.state != State.RUNNING || cell.attempt != i) {
      return "that attempt does not run";
    }
    boolean succeeds = cell.failure == null;
    boolean mayBeEnded = isHalted || ReferenceRules.isTimed(model, node);
    boolean isRefused = ok && !succeeds && !cell.hasThrown; // returned what does not pass
    return ok == succeeds || (succeeds && mayBeEnded) || isRefused
        ? null
        : "the attempt gives %s, failure %s".formatted(cell.given, cell.failure);
  }

  private @Nullable String refusalToEnd(Node node, long k, Ending ending) {
    ReferenceCell cell = state.cellIfAny(node, k);
    if (cell == null) {
      return "the iteration has not begun";
    }
    boolean isIdle = cell.state == State.ADMITTED || cell.state == State.ENDING;
    if (isHalted && isIdle && !cell.hasHalted && ending == Ending.CANCELLED) {
      return null;
    }
    if (cell.state == State.ADMITTED && cell.attempt > 0) {
      boolean mayGiveUp = isHalted || ReferenceRules.isTimed(model, node);
      return mayGiveUp && ending == ReferenceRules.endOfFailure(model, node)
          ? null
          : "it is to be tried again";
    }
    if (cell.state != State.ENDING) {
      return "it is " + cell.state;
    }
    return ending == cell.ending ? null : "it ends with " + cell.ending;
  }

  // ── all that can happen ──

  /** {@return what is allowed now, but for {@code cancel()} and {@code stop()}} */
  List<ReferenceAction> enabled() {
    var possible = new ArrayList<ReferenceAction>();
    for (String unit : units.names()) {
      ReferenceLoop of = state.loop(unit);
      possible.add(new BeginIteration(unit, of.begun + 1));
      for (long k : of.underWay) {
        boolean allEnded = true;
        for (Node node : units.nodes(unit)) {
          addNext(state.cell(node, k), possible);
          allEnded &= state.cell(node, k).hasEnded();
        }
        if (allEnded) {
          state
              .statuses(unit, k, isCancelled)
              .forEach(status -> possible.add(new EndIteration(unit, k, status)));
        }
      }
    }
    possible.add(new EndRun(state.worst()));
    possible.removeIf(action -> !allows(action));
    return possible;
  }

  private void addNext(ReferenceCell cell, List<ReferenceAction> possible) {
    String name = cell.node.name;
    long k = cell.iteration;
    switch (cell.state) {
      case WAITING -> possible.add(new Decide(name, k));
      case ADMITTED -> possible.add(new BeginAttempt(name, k, cell.attempt + 1));
      case RUNNING -> possible.add(new EndAttempt(name, k, cell.attempt, cell.failure == null));
      case ENDING -> possible.add(new End(name, k, cell.ending));
      case ENDED -> {}
    }
    boolean isOpen =
        cell.state == State.ADMITTED
            || (cell.state == State.ENDING && cell.ending != Ending.CANCELLED);
    if (isHalted && isOpen) {
      possible.add(new End(name, k, Ending.CANCELLED));
    }
  }
}
