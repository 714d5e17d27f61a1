package dev.carillon.flow;

import dev.carillon.schedule.TaskOptions;
import dev.carillon.spi.Site;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attempts of a part. */
final class PartAttempts extends Attempts {
  private final int cell;
  private final Form form;
  private final @Nullable Object[] inputs;
  private volatile @Nullable AttemptContext context; // of the latest attempt, if it has one

  PartAttempts(
      UnitRun unit,
      int cell,
      int node,
      long iteration,
      Form form,
      @Nullable PartRules rules,
      @Nullable Object[] inputs) {
    super(unit, node, iteration, rules);
    this.cell = cell;
    this.form = form;
    this.inputs = inputs;
  }

  /** Calls the work on a worker's thread: {@return whether the worker goes on} */
  boolean callHere(Worker worker) {
    RunProbe probe = unit.run.probe();
    if (probe != null) {
      probe.attemptBegan(unit.plan.index, node, iteration, 1);
    }
    if (rules != null && rules.hasBudget()) {
      startTime();
    }
    Object value = null;
    Throwable failure = null;
    worker.beginAttempt(cell, unit.run.clock());
    try {
      value = call(1);
      if (value == null) {
        failure = UnitRun.noValue(unit.name(node));
      } else {
        check(value);
      }
    } catch (Throwable e) { // an Error, too, is the part's failure
      failure = e;
    }
    if (!worker.end()) {
      drop();
      return false;
    }
    worker.attempted(unit, node, iteration, failure == null);
    if (probe != null) {
      probe.attemptEnded(unit.plan.index, node, iteration, 1, failure == null);
    }
    if (failure == null && value != null) {
      succeeded(value, worker);
      return true;
    }
    drop();
    Throwable cause = failure == null ? UnitRun.noValue(unit.name(node)) : failure;
    if (rules != null && rules.onError() instanceof OnError.Again && !unit.run.isCancelling()) {
      return tryAgain(cause, worker);
    }
    unit.failHere(cell, node, rules, cause, 1, worker);
    return true;
  }

  /**
   * Goes on after a first attempt on a worker's thread that failed: {@return whether the worker
   * goes on}
   */
  boolean tryAgain(Throwable firstFailure, Worker worker) {
    Result<Done> asked =
        worker.ask(
            cell,
            () -> {
              askForAnother(firstFailure);
              return Done.DONE;
            });
    if (asked == null) {
      return false;
    }
    goOn(firstFailure, worker);
    return true;
  }

  @Override
  @Nullable Object call(int number) throws Exception {
    Object work = unit.plan.work[node];
    Site site = rules == null ? null : rules.site();
    if (site != null) {
      return new LocalSiteCall(this, number, work, inputs, form).on(site);
    }
    if (form == Form.CHILD && work instanceof LocalCycle<?, ?> cycle) {
      return ChildCycle.run(unit, node, iteration, number, cycle, inputs[0], dueAt);
    }
    AttemptContext given = null;
    if (form.wantsContext()) {
      given = new AttemptContext(unit, node, iteration, number, this);
      context = given;
    }
    return Calls.call(form, work, inputs, given);
  }

  @Override
  void check(Object result) {
    if (rules != null) {
      Inputs.check(rules.checks(), result, false, () -> unit.name(node));
    }
  }

  @Override
  void drop() {
    AttemptContext latest = context;
    if (latest != null) {
      latest.end();
    }
  }

  @Override
  void succeeded(Object result, Worker worker) {
    AttemptContext latest = context;
    if (latest != null) {
      Map<Key<?>, Object> written = latest.end();
      if (!written.isEmpty()) {
        unit.keys.commit(written, iteration);
      }
    }
    Object value = result;
    if (form == Form.CHILD && result instanceof ChildCycle.Degraded degraded) {
      unit.iterations.ledger().note(cell, Ending.FALLBACK);
      value = degraded.value();
    }
    if (rules != null && rules.undo() != null && unit.run.plan().undoesOnFailure) {
      unit.iterations.ledger().mayUndo(iteration, node, rules.undo(), value);
    }
    unit.succeed(cell, node, value, worker);
  }

  @Override
  void failed(Throwable cause, int attempts, Worker worker) {
    unit.fail(cell, node, rules, cause, attempts, worker);
  }

  @Override
  void cancelled(Worker worker) {
    unit.finish(cell, node, Ended.CANCELLED, worker);
  }

  @Override
  TaskOptions options() {
    return unit.options(node, rules, form == Form.CHILD);
  }
}
