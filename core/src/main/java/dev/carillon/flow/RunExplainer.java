package dev.carillon.flow;

import dev.carillon.event.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells what a run does, from the outside and while it goes on. */
final class RunExplainer {
  private static final int MOST_REASONS = 8;

  private final LocalRun<?> run;
  private final CompiledPlan plan;
  private final Map<Integer, Attempts> attempts = new HashMap<>(); // by part
  private final Map<Integer, Predecessors> predecessors = new HashMap<>(); // by unit

  private RunExplainer(LocalRun<?> run, Collection<Attempts> attempts) {
    this.run = run;
    this.plan = run.plan();
    for (Attempts each : attempts) {
      this.attempts.put(each.unit.part(each.node), each);
    }
  }

  static RunExplanation explain(LocalRun<?> run, Collection<Attempts> attempts) {
    return new RunExplainer(run, attempts).explain();
  }

  private RunExplanation explain() {
    var parts = new ArrayList<RunExplanation.PartExplanation>();
    for (int part = 1; part < plan.names.length; part++) {
      parts.add(part(part));
    }
    return new RunExplanation(run.name(), state(), parts);
  }

  private String state() {
    String late = run.late().words();
    if (run.isOver()) {
      return "has ended: " + run.status() + late;
    }
    String state = doing() + late;
    return run.isCancelling() ? "is being cancelled; " + state : state;
  }

  private String doing() {
    String last = run.finalisers().doing();
    if (!last.isEmpty()) {
      return last;
    }
    Iterations first = run.unit(0).iterations;
    return first.isOver() ? "its branches go on" : first.waiting();
  }

  private RunExplanation.PartExplanation part(int part) {
    UnitRun unit = run.unit(plan.unitOf(part));
    int node = plan.nodeOf(part);
    long iteration = unit.iterations.begun();
    if (iteration == 0) {
      return of(part, 0, RunExplanation.Phase.WAITING, 0, List.of(unit.iterations.waiting()));
    }
    int cell = unit.cells.base(iteration) + node;
    Ended ended = unit.endingIn(iteration, node);
    if (ended != null) {
      return of(part, iteration, RunExplanation.Phase.ENDED, 0, ended(unit, cell, node, ended));
    }
    Attempts under = attempts.get(part);
    if (under != null) {
      return attempted(part, iteration, under);
    }
    List<String> missing = missing(unit, cell, node, iteration);
    return missing.isEmpty()
        ? of(part, iteration, RunExplanation.Phase.RUNNING, 1, List.of())
        : of(part, iteration, RunExplanation.Phase.WAITING, 0, missing);
  }

  private RunExplanation.PartExplanation of(
      int part, long iteration, RunExplanation.Phase phase, int attempts, List<String> why) {
    return new RunExplanation.PartExplanation(plan.names[part], iteration, phase, attempts, why);
  }

  private static List<String> ended(UnitRun unit, int cell, int node, Ended ended) {
    String cause = ended.cause() == null ? "" : ": " + ended.cause();
    return switch (ended.how()) {
      case SUCCESS -> List.of(unit.iterations.ledger().afterSuccess(cell));
      case FALLBACK, FALLBACK_FATAL -> List.of("failed, and gives its default" + cause);
      case PROPAGATED -> List.of("failed, and handed that on" + cause);
      case SKIPPED_UPSTREAM -> List.of("was skipped: " + notUsable(unit, cell, node) + cause);
      case SKIPPED_CONDITION -> List.of("was skipped: its guard said no");
      case SKIPPED_OWN, STOPPED_QUIETLY -> List.of("failed, and was skipped" + cause);
      case FAILED, FAILED_INSTANTLY -> List.of("failed" + cause);
      case CANCELLED -> List.of("was cancelled");
    };
  }

  private static String notUsable(UnitRun unit, int cell, int node) {
    for (int i = unit.plan.inStart[node]; i < unit.plan.inStart[node + 1]; i++) {
      int in = unit.plan.ins[i];
      Ending how = unit.endingOf(in, cell - node);
      if (in >= 0 && how != null && !how.isUsable) {
        boolean isGuard = unit.plan.form(in) == Form.JOIN;
        return unit.name(in)
            + (isGuard && how == Ending.SKIPPED_CONDITION ? " said no" : " has no value");
      }
    }
    return "what it depends on has no value";
  }

  private RunExplanation.PartExplanation attempted(int part, long iteration, Attempts under) {
    var why = new ArrayList<String>();
    String since = ElapsedText.of(Duration.ofNanos(under.sinceAdmitted()));
    Throwable last = under.lastFailure();
    RunExplanation.Phase phase =
        switch (under.phase()) {
          case RUNNING, SETTLING, OVER -> {
            why.add("admitted " + since + " ago");
            yield RunExplanation.Phase.RUNNING;
          }
          case PAUSED -> {
            why.add("waits to be tried again");
            yield RunExplanation.Phase.BACKOFF;
          }
          case IDLE, AT_GATE -> {
            why.addAll(gates(under));
            yield RunExplanation.Phase.QUEUED;
          }
          case QUEUED -> {
            why.addAll(task(under.task()));
            yield RunExplanation.Phase.QUEUED;
          }
        };
    if (last != null) {
      why.add("the attempt before failed: " + last);
    }
    if (under.dueAt != Deadlines.NONE) {
      why.add(due(under.dueAt - run.clock().nanos()));
    }
    return of(part, iteration, phase, under.attempt(), why);
  }

  private static String due(long left) {
    String time = ElapsedText.of(Duration.ofNanos(Math.abs(left)));
    return left > 0 ? "is due in " + time : "was due " + time + " ago";
  }

  private List<String> gates(Attempts under) {
    List<GateBoard.GateState> states = run.gates().gates();
    var why = new ArrayList<String>();
    PartRules rules = under.rules;
    for (int gate : rules == null ? List.<Integer>of() : rules.gates()) {
      GateBoard.GateState state = states.get(gate);
      why.add(
          "waits at the gate of %s: %d in use%s%s, %d wait"
              .formatted(
                  state.name().isEmpty() ? "the cycle" : state.name(),
                  state.inUse(),
                  state.limit().isPresent() ? " of " + state.limit().getAsInt() : "",
                  rate(state.rate()),
                  state.waiting()));
    }
    return why;
  }

  private static String rate(Sync.@Nullable Rate rate) {
    return rate == null ? "" : ", %d in %s".formatted(rate.permits(), rate.period());
  }

  private List<String> task(@Nullable Event task) {
    return task == null
        ? List.of("waits for the scheduler")
        : run.scheduler().explain(task).reasons();
  }

  /** {@return what a part waits for, that has not ended} */
  private List<String> missing(UnitRun unit, int cell, int node, long iteration) {
    var missing = new ArrayList<String>();
    int base = cell - node;
    for (int before : predecessors(unit.plan, node)) {
      if (unit.cells.ending(base + before, iteration) == null) {
        missing.add("waits for " + shown(unit, before));
      }
      if (missing.size() == MOST_REASONS) {
        missing.add("and others");
        return missing;
      }
    }
    for (int i = unit.plan.inStart[node]; i < unit.plan.inStart[node + 1]; i++) {
      int in = unit.plan.ins[i];
      if (in < 0 && unit.endingOf(in, base) == null) {
        UnitPlan.External from = unit.plan.externals[~in];
        missing.add("waits for a first value of " + run.unit(from.unit()).name(from.node()));
      }
    }
    if (missing.isEmpty() && unit.cells.left(cell) > 0) {
      missing.add("waits for the iteration before");
    }
    return missing;
  }

  private static String shown(UnitRun unit, int node) {
    String name = unit.name(node);
    return name.isEmpty() ? "all before a barrier" : name;
  }

  /** {@return the nodes from which edges lead to a node} */
  private int[] predecessors(UnitPlan unit, int node) {
    return predecessors.computeIfAbsent(unit.index, _ -> new Predecessors(unit)).of(node);
  }

  static Progress progress(LocalRun<?> run, long beganAt) {
    int done = 0;
    CompiledPlan plan = run.plan();
    for (int part = 1; part < plan.names.length; part++) {
      UnitRun unit = run.unit(plan.unitOf(part));
      long iteration = unit.iterations.begun();
      if (iteration > 0
          && unit.cells.ending(unit.cells.base(iteration) + plan.nodeOf(part), iteration) != null) {
        done++;
      }
    }
    Iterations main = pacemaker(run).iterations;
    long[] times = main.times();
    return new Progress(
        main.begun(),
        done,
        plan.size(),
        main.ended(),
        Duration.ofNanos(run.clock().nanos() - beganAt),
        estimate(done, plan.size(), times[0], times[1], run.isOver()));
  }

  /**
   * {@return the unit by whose iterations one says how far a run is: the first; of a cycle that is
   * independent as a whole that which has done least of those that go on, as the run ends with it}
   */
  private static UnitRun pacemaker(LocalRun<?> run) {
    UnitRun least = run.unit(0);
    if (!run.isIndependent()) {
      return least;
    }
    for (int i = 0; i < run.plan().units.length; i++) {
      UnitRun unit = run.unit(i);
      if (unit.iterations.hasParts() && (!least.iterations.hasParts() || isBehind(unit, least))) {
        least = unit;
      }
    }
    return least;
  }

  private static boolean isBehind(UnitRun unit, UnitRun other) {
    if (unit.iterations.isOver() != other.iterations.isOver()) {
      return other.iterations.isOver();
    }
    return unit.iterations.isOver()
        ? unit.iterations.ended() > other.iterations.ended()
        : unit.iterations.ended() < other.iterations.ended();
  }

  /** {@return what is left by what the iteration before took; in the first, by how far it is} */
  private static Optional<Duration> estimate(
      int done, int parts, long sinceBegun, long lastTook, boolean isOver) {
    if (isOver || done == parts) {
      return Optional.of(Duration.ZERO);
    }
    if (lastTook > 0) {
      return Optional.of(Duration.ofNanos(Math.max(0, lastTook - sinceBegun)));
    }
    return done == 0
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(sinceBegun / done * (parts - done)));
  }
}
