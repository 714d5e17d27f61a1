package dev.carillon.flow;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
  private final Set<Integer> notAdmitted = ConcurrentHashMap.newKeySet(); // those that failed so
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

  /** A guard has failed, and its part with it, which was not admitted. */
  void guardFailed(int cell) {
    notAdmitted.add(cell);
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
    notAdmitted.removeIf(cell -> unit.iterations.of(cell) == iteration);
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
    List<Done> taken = done.stream().filter(each -> each.iteration() == iteration).toList();
    done.removeIf(each -> each.iteration() == iteration);
    return taken;
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

  private boolean isTaken(int cell, int node) {
    CompiledPlan.OutputPlan output = run.plan().output;
    if (output != null && output.from().unit() == plan.index && output.from().node() == node) {
      return true;
    }
    if (Arrays.binarySearch(plan.exported, node) >= 0) {
      return true;
    }
    for (int i = plan.outStart[node]; i < plan.outStart[node + 1]; i++) {
      int successor = plan.outs[i] >> 1;
      Ending how = unit.cells.latest(cell - node + successor);
      if ((plan.outs[i] & UnitPlan.ORDER) == 0
          && wasAdmitted(how)
          && !notAdmitted.contains(cell - node + successor)
          && isInput(node, successor)) {
        return true;
      }
    }
    return false;
  }

  /** {@return whether a node is an input of another, and not only what that is under} */
  private boolean isInput(int node, int of) {
    int start = plan.inStart[of];
    int wired = Inputs.wired(plan.form(of), plan.rules[of]);
    for (int i = start; i < start + wired; i++) {
      if (plan.ins[i] == node) {
        return true;
      }
    }
    return false;
  }

  private static boolean wasAdmitted(@Nullable Ending how) {
    return how != null
        && how != Ending.CANCELLED
        && how != Ending.SKIPPED_UPSTREAM
        && how != Ending.SKIPPED_CONDITION;
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
