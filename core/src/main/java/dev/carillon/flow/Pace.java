package dev.carillon.flow;

import java.util.Arrays;

/** Which units of a run may begin an iteration, by what others have given and how far they are. */
final class Pace {
  /** Whether a unit can begin. */
  enum Start {
    READY,
    WAITING,
    STARVED
  }

  private final UnitRun[] units;

  Pace(UnitRun[] units) {
    this.units = units;
  }

  /** {@return whether a unit can begin; if it cannot yet, it is told when it should look again} */
  Start start(UnitRun unit, Runnable poke) {
    boolean waits = false;
    for (int external : unit.plan.startedBy) { // for all, as any may be the one that never comes
      UnitPlan.External from = unit.plan.externals[external];
      waits |= units[from.unit()].samples.await(from.node(), poke);
    }
    if (isStarved(unit)) {
      return Start.STARVED;
    }
    return waits ? Start.WAITING : Start.READY;
  }

  /** {@return whether something that a unit has to come after never comes} */
  private boolean isStarved(UnitRun unit) {
    for (int external : unit.plan.startedBy) {
      UnitPlan.External from = unit.plan.externals[external];
      if (units[from.unit()].samples.isGone(from.node())) {
        return true;
      }
    }
    return false;
  }

  /** {@return whether a unit is not further ahead of the others of its group than it may be} */
  boolean isWithinSlack(UnitRun unit) {
    if (!isBound(unit)) {
      return true;
    }
    long itsEnded = unit.iterations.ended();
    for (UnitRun other : units) {
      if (other.plan.group == unit.plan.group
          && !other.iterations.isOver()
          && !waitsForFirstValues(other)
          && itsEnded - other.iterations.ended() > unit.plan.slack) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBound(UnitRun unit) {
    return unit.plan.group >= 0 && unit.plan.slack != Sync.Independent.UNBOUNDED;
  }

  /** {@return whether a unit cannot begin as others that it depends on have given nothing yet} */
  private boolean waitsForFirstValues(UnitRun unit) {
    if (unit.iterations.begun() > 0 || isStarved(unit)) {
      return false;
    }
    for (int external : unit.plan.startedBy) {
      UnitPlan.External from = unit.plan.externals[external];
      if (units[from.unit()].samples.isMissing(from.node())) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@return whether a unit cannot begin in an iteration of another, as what it has to come after
   * has ended there without giving anything} Who waits for the unit in that iteration would wait
   * for ever.
   */
  boolean cannotBegin(UnitRun unit, UnitRun other, long iteration) {
    if (unit.iterations.begun() > 0) {
      return false;
    }
    for (int external : unit.plan.startedBy) {
      UnitPlan.External from = unit.plan.externals[external];
      UnitRun source = units[from.unit()];
      if (source.samples.isMissing(from.node())) {
        Ended ended = source.equals(other) ? other.endingIn(iteration, from.node()) : null;
        if (ended == null ? cannotBegin(source, other, iteration) : !ended.isUsable()) {
          return true;
        }
      }
    }
    return false;
  }

  /** A node has ended without giving anything: who waits for units that need it looks again. */
  void endedWithout(UnitRun unit, int node) {
    if (Arrays.binarySearch(unit.plan.exported, node) >= 0 && unit.samples.isMissing(node)) {
      for (UnitRun other : units) {
        if (!other.equals(unit) && other.iterations.begun() == 0) {
          other.samples.wake();
        }
      }
    }
  }

  /** A unit has ended an iteration: those that must not be far ahead of it look again. */
  void cameOn(UnitRun unit) {
    if (!isBound(unit)) {
      return;
    }
    for (UnitRun other : units) {
      if (other.plan.group == unit.plan.group && !other.equals(unit)) {
        other.iterations.poke();
      }
    }
  }
}
