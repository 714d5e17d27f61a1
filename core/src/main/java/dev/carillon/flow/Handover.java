package dev.carillon.flow;

import dev.carillon.schedule.Placement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A worker on a thread that is not a turn's: it ends one cell, and gives those parts that this
 * makes ready to the CPU pool that are to be called there. What is to run on the thread that made
 * it ready it calls itself, and what the scheduler runs it hands to that: neither needs another
 * thread first.
 */
final class Handover extends Worker {
  /** After so many steps it gives way. */
  private static final int LONGEST = 256;

  private final UnitRun unit;
  private final boolean mayCall; // whether this thread may call parts
  private int @Nullable [] here;
  private int count;

  Handover(UnitRun unit) {
    this(unit, false);
  }

  Handover(UnitRun unit, boolean mayCall) {
    this.unit = unit;
    this.mayCall = mayCall;
  }

  @Override
  void ready(int cell) {
    if (!mayCall || isForPool(unit.cells.node(cell))) {
      unit.turns.submit(cell);
      return;
    }
    int[] cells = here == null ? new int[4] : here;
    if (count == cells.length) {
      cells = Arrays.copyOf(cells, 2 * count);
    }
    cells[count++] = cell;
    here = cells;
  }

  private boolean isForPool(int node) {
    PartRules rules = unit.plan.rules[node];
    Form form = unit.plan.form(node);
    if (form.isWithoutWork()) {
      return false;
    }
    return rules == null || !(rules.isManaged() || rules.placement().equals(Placement.CALLER));
  }

  /** Works off what was not given to the pool. */
  void workOff() {
    try {
      for (int steps = 0; steps < LONGEST && count > 0 && here != null; steps++) {
        int cell = here[--count];
        if (!isEntered() && !isOnlyHandedOn(unit.cells.node(cell))) {
          beginStay();
        }
        if (!unit.step(cell, this) || isGivenUp()) {
          return;
        }
      }
      while (count > 0 && here != null) {
        unit.turns.submit(here[--count]); // it gives way to others of its pool
      }
    } finally {
      if (isEntered()) {
        endStay();
      }
    }
  }

  /** Is looked after from now on, as it is to call code of users. */
  private void beginStay() {
    unit.run.stopping().entered(this);
    enter(unit.run.recorder());
  }

  private void endStay() {
    leave(unit.run.recorder());
    unit.run.stopping().left(this);
  }

  /** {@return whether a node becomes a task of the scheduler without anything of users asked} */
  private boolean isOnlyHandedOn(int node) {
    PartRules rules = unit.plan.rules[node];
    return rules != null && rules.isHandedOn();
  }

  @Override
  <T> @Nullable Result<T> call(int cell, Kind kind, Question<T> question) {
    if (isEntered()) {
      return super.call(cell, kind, question);
    }
    beginStay();
    try {
      return super.call(cell, kind, question);
    } finally {
      endStay();
    }
  }

  /** Goes on with the end of an iteration, as another thread was given up at that. */
  void goOnWithEnd() {
    beginStay();
    try {
      unit.iterations.goOn(this);
    } finally {
      endStay();
    }
  }

  /** Looks after this worker while the run is being cancelled. */
  void lookAfter() {
    int cell = look(unit.run.clock(), unit.run.cleanup());
    if (cell >= 0) {
      unit.givenUp(cell, this);
      while (count > 0 && here != null) { // its thread looks at them no more
        unit.turns.submit(here[--count]);
      }
    }
  }
}
