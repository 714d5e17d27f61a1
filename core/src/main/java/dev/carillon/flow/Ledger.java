package dev.carillon.flow;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** What has happened in the iterations of a unit under way, and what that means at their ends. */
final class Ledger {
  /** A failure that was handed on. */
  private record HandedOn(int cell, int attempts) {}

  /** Something that an iteration has done and that can be undone. */
  record Done(long iteration, int node, Consumer<Object> undo, Object value) {}

  private final UnitRun unit;
  private final UnitPlan plan;
  private final LocalRun<?> run;

  // written by whoever ends nodes, read at the iteration's end
  private final ConcurrentLinkedQueue<HandedOn> propagated = new ConcurrentLinkedQueue<>();
  private final Set<Integer> taken = ConcurrentHashMap.newKeySet(); // cells of which it was taken
  private final ConcurrentLinkedDeque<Done> done = new ConcurrentLinkedDeque<>();

  private final Map<Integer, Boolean> undone = new ConcurrentHashMap<>(); // by cell: whether it was

  // of each slot; guarded by this
  private final RunStatus[] status;
  private final boolean[] isHit; // whether a node was cancelled
  private final boolean[] wasSkipped; // whether a node failed and was skipped, or has a default

  Ledger(UnitRun unit) {
    this.unit = unit;
    this.plan = unit.plan;
    this.run = unit.run;
    int slots = unit.cells.slots;
    this.status = new RunStatus[slots];
    this.isHit = new boolean[slots];
    this.wasSkipped = new boolean[slots];
    Arrays.fill(status, RunStatus.OK);
  }

  private int slot(long iteration) {
    return (int) (iteration % status.length);
  }

  /** An iteration begins. */
  synchronized void open(long iteration) {
    int slot = slot(iteration);
    if (!undone.isEmpty()) {
      undone.keySet().removeIf(cell -> cell / unit.cells.nodes == slot);
    }
    status[slot] = RunStatus.OK;
    isHit[slot] = false;
    wasSkipped[slot] = false;
  }

  // ── what happens ──

  /** A node has ended in another way than success. */
  synchronized void note(int cell, Ending how) {
    int slot = cell / unit.cells.nodes;
    status[slot] = status[slot].max(how.severity);
    isHit[slot] |= how == Ending.CANCELLED;
    wasSkipped[slot] |=
        how == Ending.SKIPPED_OWN || how == Ending.FALLBACK || how == Ending.FALLBACK_FATAL;
  }

  /** A part is admitted: what was handed on to it is taken, whatever becomes of the part. */
  void admitted(int cell, int node, int wired) {
    int start = plan.inStart[node];
    for (int i = start; i < start + wired; i++) {
      int in = plan.ins[i];
      if (in >= 0 && unit.cells.latest(cell - node + in) == Ending.PROPAGATED) {
        taken.add(cell - node + in);
      }
    }
  }

  /** A part has failed and hands that on. */
  void propagated(int cell, int attempts) {
    propagated.add(new HandedOn(cell, attempts));
  }

  /** A part has succeeded whose work can be undone. */
  void mayUndo(long iteration, int node, Consumer<Object> undo, Object value) {
    done.addFirst(new Done(iteration, node, undo, value));
  }

  // ── what it means ──

  /** All nodes of an iteration have ended: {@return its status} */
  RunStatus close(long iteration) {
    checkPropagated(iteration);
    taken.removeIf(cell -> unit.iterations.of(cell) == iteration);
    return finalStatus(iteration);
  }

  /** What a part did is undone, or could not be. */
  void undone(long iteration, int node, boolean wasUndone) {
    undone.put(unit.cells.base(iteration) + node, wasUndone);
  }

  /** {@return what became of a part that has succeeded, in words} */
  String afterSuccess(int cell) {
    Boolean wasUndone = undone.get(cell);
    if (wasUndone == null) {
      return "succeeded";
    }
    return wasUndone ? "succeeded, and was undone" : "succeeded, and could not be undone";
  }

  /** {@return what an iteration has done that can be undone, the last first; it is forgotten} */
  List<Done> takeDone(long iteration) {
    if (done.isEmpty()) {
      return List.of();
    }
    List<Done> ended = done.stream().filter(each -> each.iteration() == iteration).toList();
    done.removeIf(each -> each.iteration() == iteration);
    return ended;
  }

  private synchronized RunStatus finalStatus(long iteration) {
    int slot = slot(iteration);
    return isHit[slot] && run.isCancelledByUser() ? RunStatus.CANCELLED : status[slot];
  }

  /** Counts failures that were handed on and that nobody took. */
  private void checkPropagated(long iteration) {
    for (HandedOn each : propagated) {
      int cell = each.cell();
      if (unit.iterations.of(cell) == iteration) {
        propagated.remove(each);
        check(each, iteration, unit.cells.node(cell));
      }
    }
  }

  private void check(HandedOn failed, long iteration, int node) {
    RunStatus severity = Decision.severity(Ending.PROPAGATED, isTaken(failed.cell(), node));
    Ended ended = unit.endingIn(iteration, node);
    if (severity == RunStatus.OK || ended == null || ended.cause() == null) {
      return;
    }
    run.failuresSoFar()
        .add(
            unit.name(node),
            iteration,
            failed.attempts(),
            severity,
            ended.cause(),
            unit.part(node));
    synchronized (this) {
      status[slot(iteration)] = status[slot(iteration)].max(severity);
    }
  }

  /**
   * {@return whether somebody took what a node handed on, or the cycle gives it} A part of another
   * unit may take it later, or not; so that it has it as an input is enough.
   */
  private boolean isTaken(int cell, int node) {
    CompiledPlan.OutputPlan output = run.plan().output;
    return taken.contains(cell)
        || Arrays.binarySearch(plan.inputsElsewhere, node) >= 0
        || (output != null && output.from().unit() == plan.index && output.from().node() == node);
  }

  /**
   * {@return whether an iteration did nothing, or not all it should} A branch that repeats by
   * itself is not to spin then.
   */
  boolean wasIdle(long iteration) {
    synchronized (this) {
      if (wasSkipped[slot(iteration)]) {
        return true;
      }
    }
    int base = unit.cells.base(iteration);
    for (int node = 1; node < plan.end(); node++) {
      if (unit.part(node) > 0 && unit.cells.ending(base + node, iteration) == Ending.SUCCESS) {
        return false;
      }
    }
    return true;
  }
}
