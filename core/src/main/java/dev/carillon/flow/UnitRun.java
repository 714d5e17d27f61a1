package dev.carillon.flow;

import dev.carillon.schedule.TaskOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One loop unit of a run: decides its nodes, has them run, and lets go on what waits for them. */
final class UnitRun {
  /*
   * A cell goes: its last edge arrives -> it is ready, at a worker -> step: it is decided, and either
   * ended at once, or called here, or given to Attempts, which end it later -> finish: its outcome is
   * fixed, and the edges that leave it arrive.
   *
   * Between its being ready and its end a cell belongs to one thread at a time. Everything else that
   * goes on at once is in Cells (counting), Turns (threads), Iterations (when the next one begins) and
   * Attempts (timeouts and cancelling, against the thread that is at it).
   *
   * Most nodes have no rules of their own and only plain inputs. They take the short way through step,
   * which neither looks at outcomes nor makes an object.
   */
  final LocalRun<?> run;
  final UnitPlan plan;
  final Cells cells;
  final Turns turns;
  final Iterations iterations;
  final Samples samples;

  private boolean isStarved; // written before its only iteration begins

  private final KeyValues[] iterationKeys; // of each slot
  private final KeyValues[] writtenForRun; // of each slot; none if there is no journal
  private final ConcurrentHashMap<Integer, Throwable> defaultCauses = new ConcurrentHashMap<>();
  // of nodes that had a value, or a result, before they ended in another way
  private final ConcurrentHashMap<Integer, Object> values = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, Result<Object>> results = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Integer, TaskOptions> options = new ConcurrentHashMap<>();

  UnitRun(LocalRun<?> run, UnitPlan plan) {
    this.run = run;
    this.plan = plan;
    this.cells = new Cells(plan);
    this.turns = new Turns(this, run.turnOptions(), run.parallelism());
    this.samples = new Samples(plan.exported);
    this.iterationKeys = new KeyValues[cells.slots];
    Arrays.setAll(iterationKeys, _ -> new KeyValues(Map.of()));
    this.writtenForRun = new KeyValues[run.isJournaled() ? cells.slots : 0];
    Arrays.setAll(writtenForRun, _ -> new KeyValues(Map.of()));
    this.iterations = new Iterations(this);
  }

  /** What it would have to come after never comes. */
  void starve() {
    isStarved = true;
  }

  // ── deciding ──

  /**
   * Decides a cell that is ready, and runs it if it can be run here: {@return whether the worker
   * goes on}
   */
  boolean step(int cell, Worker worker) {
    int node = cells.node(cell);
    if (run.isCancelling()) {
      finish(cell, node, Ending.CANCELLED, null, worker);
      return true;
    }
    if (isStarved) {
      finish(cell, node, Ending.SKIPPED_UPSTREAM, null, worker);
      return true;
    }
    Form form = plan.plainForm(node);
    if (form == null || cells.isSpoilt(cell)) {
      return stepWithRules(cell, node, plan.form(node), plan.rules[node], worker);
    }
    if (form == Form.JOIN) {
      finish(cell, node, Ending.SUCCESS, Done.DONE, worker);
      return true;
    }
    if (form == Form.SOURCE) {
      finish(cell, node, Ending.SUCCESS, iterations.input(cell), worker);
      return true;
    }
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.admitted(plan.index, node, iterations.of(cell));
      probe.attemptBegan(plan.index, node, iterations.of(cell), 1);
    }
    Object value = null;
    Throwable failure = null;
    worker.begin(cell);
    try {
      value = Calls.plain(form, plan.work[node], plan, cells, node, cell - node);
    } catch (Throwable e) { // an Error, too, is the part's failure
      failure = e;
    }
    if (!worker.end()) {
      return false;
    }
    if (probe != null) {
      probe.attemptEnded(
          plan.index, node, iterations.of(cell), 1, failure == null && value != null);
    }
    if (value != null && failure == null) {
      finish(cell, node, Ending.SUCCESS, value, worker);
    } else {
      failedPlainly(cell, node, form, failure == null ? noValue(node) : failure, worker);
    }
    return true;
  }

  private void failedPlainly(int cell, int node, Form form, Throwable failure, Worker worker) {
    PartRules rules = plan.rules[node];
    if (rules != null && rules.onError() instanceof OnError.Again && !run.isCancelling()) {
      @Nullable Object[] inputs = Inputs.of(this, cell, node, form, rules);
      new PartAttempts(this, cell, node, iterations.of(cell), form, rules, inputs)
          .goOn(failure, worker);
    } else {
      failHere(cell, node, rules, failure, 1, worker);
    }
  }

  private boolean stepWithRules(
      int cell, int node, Form form, @Nullable PartRules rules, Worker worker) {
    if (!samples.areThere(this, cell, node)) {
      return true; // it comes back when they are
    }
    int wired = Inputs.wired(form, rules);
    int usable = 0;
    int usableOthers = 0;
    int start = plan.inStart[node];
    int end = plan.inStart[node + 1];
    for (int i = start; i < end; i++) {
      Ending how = endingOf(plan.ins[i], cell - node);
      if (how != null && how.isUsable) {
        if (i - start < wired) {
          usable++;
        } else {
          usableOthers++;
        }
      }
    }
    Verdict verdict =
        Decision.decide(
            run.isCancelling(), form, wired, usable, usableOthers == end - start - wired);
    if (verdict == Verdict.ADMIT && rules != null && !rules.guards().isEmpty()) {
      return askGuards(cell, node, form, rules, worker);
    }
    switch (verdict) {
      case ADMIT -> {
        return admit(cell, node, form, rules, worker);
      }
      case CANCEL -> finish(cell, node, Ending.CANCELLED, null, worker);
      case SKIP_UPSTREAM ->
          finish(cell, node, Ending.SKIPPED_UPSTREAM, causeBefore(cell, node), worker);
    }
    return true;
  }

  /** Asks the guards of a part, and does what they say: {@return whether the worker goes on} */
  private boolean askGuards(int cell, int node, Form form, PartRules rules, Worker worker) {
    var view = new LocalView(this, iterations.of(cell));
    boolean yes = true;
    Throwable failure = null;
    worker.begin(cell);
    try {
      for (Guard guard : rules.guards()) {
        yes = yes && guard.test(view);
      }
    } catch (Throwable e) { // the user's guard: a failure of the part
      failure = e;
    }
    if (!worker.end()) {
      return false;
    }
    if (failure != null) {
      iterations.guardFailed(cell);
      failHere(cell, node, rules, failure, 0, worker);
      return true;
    }
    if (yes) {
      return admit(cell, node, form, rules, worker);
    }
    finish(cell, node, Ending.SKIPPED_CONDITION, null, worker);
    return true;
  }

  private boolean admit(int cell, int node, Form form, @Nullable PartRules rules, Worker worker) {
    if (form == Form.JOIN) {
      finish(cell, node, Ending.SUCCESS, Done.DONE, worker);
      return true;
    }
    if (form == Form.SOURCE) {
      finish(cell, node, Ending.SUCCESS, iterations.input(cell), worker);
      return true;
    }
    long iteration = iterations.of(cell);
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.admitted(plan.index, node, iteration);
    }
    if (rules != null && !rules.begins().isEmpty()) {
      run.begun(rules.begins());
    }
    @Nullable Object[] inputs = null;
    Throwable failure = null;
    worker.begin(cell);
    try {
      inputs = Inputs.of(this, cell, node, form, rules);
    } catch (Throwable e) { // a check of the user's, or what it says
      failure = e;
    }
    if (!worker.end()) {
      return false;
    }
    if (inputs == null || failure != null) {
      fail(cell, node, rules, failure == null ? noValue(node) : failure, 0, worker);
      return true;
    }
    if (form == Form.EACH) {
      new EachAttempts(this, cell, node, iteration, rules, inputs).begin(worker);
      return true;
    }
    var attempts = new PartAttempts(this, cell, node, iteration, form, rules, inputs);
    if (form == Form.CHILD || (rules != null && rules.isManaged())) {
      attempts.begin();
      return true;
    }
    return attempts.callHere(worker);
  }

  static IllegalStateException noValue(String part) {
    return new IllegalStateException("a part must have a value, and not null: part=" + part);
  }

  private IllegalStateException noValue(int node) {
    return noValue(name(node));
  }

  // ── ending ──

  /**
   * A call on a worker's thread has failed for good. While the run is being cancelled it was most
   * likely interrupted, and it is cancelled in any case, as an attempt by the scheduler is.
   */
  void failHere(
      int cell,
      int node,
      @Nullable PartRules rules,
      Throwable failure,
      int attempts,
      Worker worker) {
    if (run.isCancelling()) {
      finish(cell, node, Ending.CANCELLED, null, worker);
    } else {
      fail(cell, node, rules, failure, attempts, worker);
    }
  }

  /** A part has failed for good. */
  void fail(
      int cell,
      int node,
      @Nullable PartRules rules,
      Throwable failure,
      int attempts,
      Worker worker) {
    OnError<Object> policy = rules == null ? OnError.cleanFail() : rules.lastResort();
    Ending how = Decision.failed(policy, rules != null && rules.propagating());
    Object value = failure;
    if (policy instanceof OnError.UseDefault<Object> fallback
        && how.isUsable
        && how != Ending.PROPAGATED) {
      value = fallback.value();
      defaultCauses.put(cell, failure);
    }
    if (how == Ending.PROPAGATED) {
      iterations.propagated(cell, attempts);
    } else {
      run.failuresSoFar()
          .add(name(node), iterations.of(cell), attempts, how.severity, failure, part(node));
    }
    finish(cell, node, how, value, worker);
  }

  /** Fixes the outcome of a cell, and lets go on what waits for it. */
  void finish(int cell, int node, Ending how, @Nullable Object value, Worker worker) {
    cells.rearm(cell, node);
    long iteration = iterations.of(cell);
    if (how != Ending.SUCCESS) {
      notSuccess(cell, node, how);
    }
    cells.end(cell, how, value, iteration);
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.ended(plan.index, node, iteration, how);
    }
    if (how.stopsRun) {
      run.stopAtOnce();
    }
    if (how.isUsable && plan.exported.length > 0) {
      samples.take(node, how, value, defaultCauses.get(cell));
    }
    if (node == plan.end()) {
      iterations.ended(iteration, worker);
      return;
    }
    int base = cell - node;
    if (plan.crossStart != null) {
      arriveLater(node, iteration, worker);
    }
    int[] outs = plan.outs;
    int end = plan.outStart[node + 1];
    for (int i = plan.outStart[node]; i < end; i++) {
      int successor = base + (outs[i] >> 1);
      if (!how.isUsable && (outs[i] & UnitPlan.ORDER) == 0) {
        cells.spoil(successor);
      }
      if (cells.arrive(successor)) {
        worker.ready(successor);
      }
    }
  }

  private void notSuccess(int cell, int node, Ending how) {
    Ending before = cells.latest(cell);
    Object last = cells.value(cell);
    if (before != null && before.isUsable && last != null) {
      if (before.hasValue() && !how.hasValue()) {
        values.put(node, last);
      }
      if (!how.isUsable) {
        results.put(node, result(before, last));
      }
    }
    if (how != Ending.FALLBACK && how != Ending.FALLBACK_FATAL) {
      defaultCauses.remove(cell);
    }
    iterations.note(cell, how);
  }

  private void arriveLater(int node, long iteration, Worker worker) {
    int[] starts = plan.crossStart;
    int[] to = plan.crossTo;
    int[] distances = plan.crossDistance;
    if (starts == null || to == null || distances == null) {
      return;
    }
    for (int i = starts[node]; i < starts[node + 1]; i++) {
      int successor = cells.base(iteration + distances[i]) + to[i];
      if (cells.arrive(successor)) {
        worker.ready(successor);
      }
    }
  }

  /** A worker was given up while it called a part. */
  void abandoned(int cell, Turn turn) {
    var handover = new Handover(this);
    finish(cell, cells.node(cell), Ending.CANCELLED, null, handover);
    turns.replace(turn);
  }

  // ── what is known ──

  /**
   * {@return how the node ended that is a D-predecessor in an iteration; null if there is nothing}
   */
  @Nullable Ending endingOf(int in, int base) {
    return in >= 0 ? cells.latest(base + in) : run.sample(plan.externals[~in]).ending();
  }

  private @Nullable Throwable causeBefore(int cell, int node) {
    for (int i = plan.inStart[node]; i < plan.inStart[node + 1]; i++) {
      int in = plan.ins[i];
      Ending how = endingOf(in, cell - node);
      if (in >= 0
          && how != null
          && !how.isUsable
          && cells.value(cell - node + in) instanceof Throwable cause) {
        return cause;
      }
    }
    return null;
  }

  /** {@return the outcome of a cell that ended in a way} */
  Outcome<Object> outcome(int cell, Ending how) {
    Object value = cells.value(cell);
    return outcome(how, value, defaultCauses.get(cell));
  }

  static Outcome<Object> outcome(Ending how, @Nullable Object value, @Nullable Throwable cause) {
    Throwable failure = value instanceof Throwable thrown ? thrown : cause;
    return switch (how) {
      case SUCCESS -> new Outcome.Success<>(present(value));
      case FALLBACK, FALLBACK_FATAL ->
          new Outcome.Fallback<>(present(value), present(cause), how == Ending.FALLBACK_FATAL);
      case PROPAGATED -> new Outcome.Propagated<>(present(failure));
      case SKIPPED_UPSTREAM -> new Outcome.Skipped<>(Outcome.Why.UPSTREAM, failure);
      case SKIPPED_CONDITION -> new Outcome.Skipped<>(Outcome.Why.CONDITION, null);
      case SKIPPED_OWN, STOPPED_QUIETLY -> new Outcome.Skipped<>(Outcome.Why.OWN, failure);
      case FAILED, FAILED_INSTANTLY -> new Outcome.Failed<>(present(failure));
      case CANCELLED -> new Outcome.Cancelled<>();
    };
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("an outcome was read while it was written");
    }
    return value;
  }

  private static Result<Object> result(Ending how, Object value) {
    return how == Ending.PROPAGATED && value instanceof Throwable cause
        ? new Result.Err<>(cause)
        : new Result.Ok<>(value);
  }

  /** {@return the latest value of a node} */
  @Nullable Object latestValue(int node) {
    long newest = iterations.begun();
    for (long k = newest; k > newest - cells.slots && k > 0; k--) {
      int cell = cells.base(k) + node;
      Ending how = cells.latest(cell);
      if (how != null && how.hasValue()) {
        return cells.value(cell);
      }
    }
    return values.get(node);
  }

  /** {@return the latest result of a node that hands its failures on} */
  @Nullable Result<Object> latestResult(int node) {
    long newest = iterations.begun();
    for (long k = newest; k > newest - cells.slots && k > 0; k--) {
      int cell = cells.base(k) + node;
      Ending how = cells.latest(cell);
      Object value = cells.value(cell);
      if (how != null && how.isUsable && value != null) {
        return result(how, value);
      }
    }
    return results.get(node);
  }

  /** {@return how attempts of a node are run by the scheduler} */
  TaskOptions options(int node, @Nullable PartRules rules, boolean waits) {
    return options.computeIfAbsent(node, _ -> run.options(name(node), rules, waits));
  }

  KeyValues iterationKeys(long iteration) {
    return iterationKeys[(int) (iteration % cells.slots)];
  }

  /** {@return what an iteration has written to keys that last for the run} */
  Map<Key<?>, Object> writtenForRun(long iteration) {
    return writtenForRun[(int) (iteration % cells.slots)].snapshot();
  }

  /** Prepares for an iteration. */
  void clearKeys(long iteration) {
    iterationKeys(iteration).clear();
    if (writtenForRun.length > 0) {
      writtenForRun[(int) (iteration % cells.slots)].clear();
    }
  }

  int part(int node) {
    return plan.part(node, run.plan().names.length);
  }

  String name(int node) {
    int part = part(node);
    return part < 0 ? run.plan().nameOf(plan.index, node) : run.plan().names[part];
  }

  /** {@return the names of the parts that a node came after, through joins} */
  List<String> after(int node) {
    var names = new ArrayList<String>();
    for (int i = plan.inStart[node]; i < plan.inStart[node + 1]; i++) {
      int in = plan.ins[i];
      if (in >= 0 && part(in) >= 0) {
        names.add(name(in));
      }
    }
    return names;
  }

  /** Makes seen what an attempt has written that succeeded. */
  void commit(Map<Key<?>, Object> written, long iteration) {
    var ofRun = new HashMap<Key<?>, Object>();
    var ofIteration = new HashMap<Key<?>, Object>();
    written.forEach(
        (key, value) -> (key.scope() == Key.Lifetime.RUN ? ofRun : ofIteration).put(key, value));
    if (!ofRun.isEmpty()) {
      run.keys().commit(ofRun);
      if (writtenForRun.length > 0) {
        writtenForRun[(int) (iteration % cells.slots)].commit(ofRun);
      }
    }
    if (!ofIteration.isEmpty()) {
      iterationKeys(iteration).commit(ofIteration);
    }
  }
}
