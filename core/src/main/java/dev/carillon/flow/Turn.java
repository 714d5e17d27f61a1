package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.schedule.Work;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A stay of a thread of the CPU pool in a unit: works off what is ready, and what others have. */
final class Turn extends Worker implements Work {
  static final int NONE = -1;

  /** So many steps lie between two looks at the clock. */
  private static final int STEPS = 1024;

  /** After so many nanoseconds, or looks, it gives way to others of the pool. */
  private static final long LONGEST = 5_000_000L;

  private static final int MOST = 64 * STEPS;

  private final UnitRun unit;
  private final Turns turns;
  private final ReadyDeque deque = new ReadyDeque();
  private final AtomicBoolean begun = new AtomicBoolean();
  private int next = NONE; // only the thread
  volatile @Nullable Event task; // written by who sends it

  Turn(UnitRun unit, Turns turns) {
    this.unit = unit;
    this.turns = turns;
  }

  /** {@return whether it begins now, which it does once} */
  boolean becomeBegun() {
    return begun.compareAndSet(false, true);
  }

  @Override
  void ready(int cell) {
    if (next == NONE) {
      next = cell;
    } else {
      deque.push(cell);
      turns.help();
    }
  }

  @Override
  public void run() {
    if (turns.begin(this)) {
      work();
    }
  }

  /** Takes its task off the scheduler, as it has begun elsewhere. */
  void withdraw() {
    Event submitted = task;
    if (submitted != null) {
      submitted.tryPoison("no thread came for it in time");
    }
  }

  /** Works off what there is; once, by who has begun it. */
  void work() {
    enter(unit.run.recorder());
    try {
      workOff();
    } catch (Throwable e) { // not of a part: those are caught where they are called
      unit.run.broken(e);
    } finally {
      leave(unit.run.recorder());
      turns.ended(this);
    }
  }

  private void workOff() {
    int steps = 0;
    long start = unit.run.clock().nanos();
    for (int cell = deque.pop(); ; ) {
      while (cell != NONE) {
        if (++steps % STEPS == 0 && (steps >= MOST || unit.run.clock().nanos() - start > LONGEST)) {
          deque.push(cell);
          turns.replace(this);
          return;
        }
        if (!unit.step(cell, this) || isGivenUp()) {
          return; // given up meanwhile: others have what is in the deque
        }
        cell = next;
        next = NONE;
        if (cell == NONE) {
          cell = deque.pop();
        }
      }
      cell = turns.steal(this);
      comesFromElsewhere();
      if (cell == NONE) {
        return;
      }
    }
  }

  /** {@return a cell that waits here, for another thread; NONE if there is none} */
  int steal() {
    int cell;
    do {
      cell = deque.steal();
    } while (cell == -2);
    return cell;
  }

  boolean hasWaiting() {
    return !deque.isEmpty();
  }
}
