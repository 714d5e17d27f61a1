package dev.carillon.flow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What code of users is called at the end of an iteration of a unit, and what it said. */
final class Closing {
  /*
   * Actions that undo, then the checks of the cycle's value, then the loop's `until`. Each is a call
   * of a worker's, at the cell of the unit's end; so it is looked after as those of parts are. Who
   * goes on in the place of a thread that was given up begins with the call after that.
   *
   * All fields but one belong to whoever settles iterations.
   */
  private final UnitRun unit;
  private final Ledger ledger;
  private final LocalRun<?> run;

  private long iteration;
  private RunStatus status = RunStatus.OK;
  private List<Ledger.Done> undos = List.of();
  private int next; // the call that comes next
  private boolean isEnough;

  /** What is called now, and since when. */
  private record Doing(String what, long since) {}

  private volatile @Nullable Doing doing; // read by anyone

  Closing(UnitRun unit, Ledger ledger) {
    this.unit = unit;
    this.ledger = ledger;
    this.run = unit.run;
  }

  /** All nodes of an iteration have ended. */
  void begin(long ofIteration) {
    iteration = ofIteration;
    status = ledger.close(ofIteration);
    List<Ledger.Done> done = ledger.takeDone(ofIteration);
    undos = status.compareTo(RunStatus.ERROR) >= 0 ? done : List.of();
    next = 0;
    isEnough = false;
  }

  long iteration() {
    return iteration;
  }

  RunStatus status() {
    return status;
  }

  /** {@return whether the loop ends with the iteration} */
  boolean isEnough() {
    return isEnough;
  }

  /** Calls what is to be called: {@return whether this thread goes on from there} */
  boolean run(Worker worker) {
    while (next < undos.size()) {
      if (!undo(undos.get(next++), worker)) {
        return false;
      }
    }
    if (next == undos.size()) {
      next++;
      run.raise(status);
      if (run.outputSoFar().isOf(unit) && !takeOutput(worker)) {
        return false;
      }
    }
    if (next == undos.size() + 1) {
      next++;
      RunProbe probe = run.probe();
      if (probe != null) {
        probe.iterationEnded(unit.plan.index, iteration, status);
      }
      return askUntil(worker);
    }
    return true;
  }

  /** {@return what is called now, in words; empty if nothing is} */
  String doing() {
    Doing now = doing;
    return now == null
        ? ""
        : now.what + " for " + ElapsedText.of(Duration.ofNanos(run.clock().nanos() - now.since));
  }

  private int cell() {
    return unit.cells.base(iteration) + unit.plan.end();
  }

  private void calls(String what) {
    doing = new Doing(what, run.clock().nanos());
  }

  /** Who was at a call did not come back from it: what it says later is not heard. */
  void givenUp() {
    doing = null;
    if (next <= undos.size()) {
      Ledger.Done undone = undos.get(next - 1);
      undoFailed(
          undone,
          new PartTimeoutException(
              "what undoes a part must end in time once a run is being cancelled: part=%s, cleanup=%s"
                  .formatted(unit.name(undone.node()), run.flow().config().cleanup())));
    }
  }

  // ── the calls ──

  private boolean undo(Ledger.Done undone, Worker worker) {
    calls("undoes " + unit.name(undone.node()));
    switch (worker.cleanUp(cell(), () -> undone.undo().accept(undone.value()))) {
      case null -> {
        return false;
      }
      case Result.Ok<Done> _ -> ledger.undone(iteration, undone.node(), true);
      case Result.Err(Throwable failure) -> undoFailed(undone, failure);
    }
    doing = null;
    return true; // the others are undone in any case
  }

  private void undoFailed(Ledger.Done undone, Throwable cause) {
    int node = undone.node();
    ledger.undone(iteration, node, false);
    run.failuresSoFar().add(unit.name(node), iteration, 1, RunStatus.ERROR, cause, unit.part(node));
  }

  private boolean takeOutput(Worker worker) {
    RunOutput output = run.outputSoFar();
    Ended gave = unit.endingIn(iteration, output.node());
    if (!output.isChecked()) {
      output.take(output.of(gave));
      return true;
    }
    calls("checks the value of iteration " + iteration);
    switch (worker.ask(cell(), () -> Optional.ofNullable(output.of(gave)))) {
      case null -> {
        return false;
      }
      case Result.Ok(Optional<Object> value) -> value.ifPresent(output::take);
      case Result.Err(Throwable failure) -> {
        if (!run.isCancelling()) {
          output.failed(iteration, failure);
        }
      }
    }
    doing = null;
    return true;
  }

  /** Asks whether the loop's condition holds; a failure of it ends the loop. */
  private boolean askUntil(Worker worker) {
    Guard until = run.plan().loop.until();
    if (until == null || !unit.iterations.followsLoop() || run.isCancelling()) {
      return true;
    }
    var view = new LocalView(unit, iteration);
    calls("asks whether the loop is to go on after iteration " + iteration);
    switch (worker.ask(cell(), () -> until.test(view))) {
      case null -> {
        return false;
      }
      case Result.Ok(Boolean holds) -> isEnough = holds;
      case Result.Err(Throwable failure) -> {
        isEnough = true;
        if (!run.isCancelling()) {
          run.failuresSoFar()
              .add("until", iteration, 1, RunStatus.ERROR, failure, Integer.MAX_VALUE);
          run.raise(RunStatus.ERROR);
        }
      }
    }
    doing = null;
    return true;
  }
}
