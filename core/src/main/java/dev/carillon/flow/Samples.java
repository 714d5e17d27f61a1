package dev.carillon.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The latest usable outcomes of the nodes of a unit that other units take, and who waits for a
 * first one.
 */
final class Samples {

  /**
   * An outcome.
   *
   * @param ending how it ended; null if there is none
   * @param value its value, default or cause
   * @param cause why it is a default
   */
  record Sample(@Nullable Ending ending, @Nullable Object value, @Nullable Throwable cause) {
    static final Sample NONE = new Sample(null, null, null);

    Outcome<Object> outcome() {
      return ending == null
          ? new Outcome.Skipped<>(Outcome.Why.UPSTREAM, null)
          : UnitRun.outcome(ending, value, cause);
    }
  }

  private final int[] nodes; // sorted

  // guarded by this
  private final Sample[] latest;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean isOver; // there will be no more

  Samples(int[] nodes) {
    this.nodes = nodes;
    this.latest = new Sample[nodes.length];
    Arrays.fill(latest, Sample.NONE);
  }

  /** A node has ended usably; nothing if nobody else takes it. */
  void take(int node, Ending how, @Nullable Object value, @Nullable Throwable cause) {
    int i = Arrays.binarySearch(nodes, node);
    if (i < 0) {
      return;
    }
    List<Runnable> told = List.of();
    synchronized (this) {
      if (latest[i].ending() == null) {
        told = List.copyOf(waiting);
        waiting.clear();
      }
      latest[i] = new Sample(how, value, cause);
    }
    told.forEach(Runnable::run);
  }

  /** There will be no more. */
  void end() {
    synchronized (this) {
      isOver = true;
    }
    wake();
  }

  /** Has those who wait look again. */
  void wake() {
    List<Runnable> told;
    synchronized (this) {
      told = List.copyOf(waiting);
      waiting.clear();
    }
    told.forEach(Runnable::run);
  }

  synchronized Sample latest(int node) {
    return latest[Arrays.binarySearch(nodes, node)];
  }

  synchronized boolean isOver() {
    return isOver;
  }

  /**
   * Has something done when a first outcome of any node is there, or none comes any more.
   *
   * @param node of which one is wanted
   * @param action short; calls no code of users
   * @return false if there is nothing to wait for
   */
  synchronized boolean await(int node, Runnable action) {
    if (isOver || latest[Arrays.binarySearch(nodes, node)].ending() != null) {
      return false;
    }
    waiting.add(action);
    return true;
  }

  /**
   * {@return whether a cell has all it needs of other units; if not, it is made ready again later}
   */
  boolean areThere(UnitRun unit, int cell, int node) {
    for (int i = unit.plan.inStart[node]; i < unit.plan.inStart[node + 1]; i++) {
      int in = unit.plan.ins[i];
      if (in < 0 && !unit.run.isCancelling()) {
        UnitPlan.External external = unit.plan.externals[~in];
        Samples there = unit.run.unit(external.unit()).samples;
        if (there.await(external.node(), () -> unit.turns.submit(cell))) {
          return false;
        }
      }
    }
    return true;
  }
}
