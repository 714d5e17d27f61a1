package dev.carillon.flow;

import dev.carillon.event.CarillonException;
import dev.carillon.event.Event;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** How a run comes to its end. */
final class RunEnd {
  /*
   * All units are over -> finalise: the finalisers run, one after another -> finalised: the end is
   * written to the journal, if there is one -> over: what the run holds is given back, and the event
   * is triggered.
   *
   * A run that is broken is finalised though units go on, and one whose journal fails is over though
   * nothing tells that it was written. So each step may come twice, and is done by whoever is first.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");

  private final LocalRun<?> run;
  private final Finalisers finalisers;
  private final Event event;
  private final UnitRun[] units;
  private final AtomicInteger unitsLeft;
  private final AtomicBoolean isFinalised = new AtomicBoolean(); // or is being
  private final AtomicBoolean isGone = new AtomicBoolean();
  private final CountDownLatch isPast = new CountDownLatch(1); // also when no event can tell it

  /**
   * Of a run that has not begun.
   *
   * @param units all of the run, when one is over
   */
  RunEnd(LocalRun<?> run, UnitRun[] units) {
    this.run = run;
    this.finalisers = new Finalisers(run, this::finalised);
    this.event = run.flow().events().newEvent("end of run \"" + run.name() + "\"").release();
    this.units = units;
    this.unitsLeft = new AtomicInteger(units.length);
  }

  /** A unit is over; branches beside the first are soon when that is, and the run when all are. */
  void unitOver(UnitRun unit) {
    unit.samples.end();
    run.pace().cameOn(unit);
    if (unit.plan.index == 0 && !run.isIndependent()) {
      for (UnitRun other : units) {
        other.iterations.windDown();
      }
      run.lookAgain();
    }
    if (unitsLeft.decrementAndGet() == 0) {
      run.errands().runLast(this::finalise);
    }
  }

  /** {@return whether it has come to its finalisers} */
  boolean hasBegun() {
    return isFinalised.get();
  }

  void finalise() {
    if (!isFinalised.compareAndSet(false, true)) {
      return;
    }
    RunMessages messages = run.messages();
    if (messages != null) {
      messages.close();
    }
    if (run.isCancelledByUser()) {
      run.raise(RunStatus.CANCELLED);
    }
    finalisers.run();
  }

  private void finalised() {
    run.gates().close();
    tellProbe();
    run.journal().end(this::over);
  }

  private void tellProbe() {
    RunProbe probe = run.probe();
    if (probe == null) {
      return;
    }
    try {
      probe.runEnded(run.status());
    } catch (Throwable e) { // who watches must not keep it from ending
      LOG.log(Level.ERROR, "who watches run \"" + run.name() + "\" failed at its end", e);
    }
  }

  private void over() {
    if (!isGone.compareAndSet(false, true)) {
      return;
    }
    run.preconditions().awaitNoMore();
    run.journal().close();
    run.flow().over(run);
    isPast.countDown();
    event.tryTrigger();
  }

  Finalisers finalisers() {
    return finalisers;
  }

  // ── waiting for it ──

  Event event() {
    return event;
  }

  boolean isOver() {
    return isPast.getCount() == 0;
  }

  void await() throws InterruptedException {
    try {
      event.await();
    } catch (CarillonException e) { // of an event system that was closed, which ends no run
      isPast.await();
    }
  }

  /** As {@link #await}, also by a thread that is interrupted. */
  void awaitAnyway() {
    boolean interrupted = false;
    while (true) {
      try {
        await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@return whether it came in time} */
  boolean await(Duration timeout) throws InterruptedException {
    try {
      return event.await(timeout);
    } catch (CarillonException e) { // of an event system that was closed, which ends no run
      return isPast.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    }
  }
}
