package dev.carillon.flow;

import dev.carillon.schedule.TaskOptions;
import java.util.List;
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
  final UnitKeys keys;
  final Latest latest = new Latest(this);

  private boolean isStarved; // written before its only iteration begins

  private final ConcurrentHashMap<Integer, TaskOptions> options = new ConcurrentHashMap<>();

  UnitRun(LocalRun<?> run, UnitPlan plan) {
    this.run = run;
    this.plan = plan;
    this.cells = new Cells(plan);
    this.turns = new Turns(this, run.turnOptions(), run.parallelism());
    this.samples = new Samples(plan.exported);
    this.keys = new UnitKeys(run.keys(), cells.slots, run.journal().isJournaled());
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
      finish(cell, node, Ended.CANCELLED, worker);
      return true;
    }
    if (isStarved) {
      finish(cell, node, new Ended(Ending.SKIPPED_UPSTREAM, null, null), worker);
      return true;
    }
    Form form = plan.plainForm(node);
    if (form == null || cells.isSpoilt(cell)) {
      return stepWithRules(cell, node, plan.form(node), plan.rules[node], worker);
    }
    if (form.isWithoutWork()) {
      succeed(cell, node, valueWithoutWork(cell, form), worker);
      return true;
    }
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.admitted(plan.index, node, iterations.of(cell));
      probe.attemptBegan(plan.index, node, iterations.of(cell), 1);
    }
    Object value = null;
    Throwable failure = null;
    worker.beginAttempt(cell, run.clock());
    try {
      value = Calls.plain(form, plan.work[node], plan, cells, node, cell - node);
    } catch (Throwable e) { // an Error, too, is the part's failure
      failure = e;
    }
    if (!worker.end()) {
      return false;
    }
    worker.attempted(this, node, iterations.of(cell), failure == null && value != null);
    if (probe != null) {
      probe.attemptEnded(
          plan.index, node, iterations.of(cell), 1, failure == null && value != null);
    }
    if (value != null && failure == null) {
      succeed(cell, node, value, worker);
      return true;
    }
    return failedPlainly(cell, node, form, failure == null ? noValue(node) : failure, worker);
  }

  private Object valueWithoutWork(int cell, Form form) {
    return form == Form.SOURCE ? iterations.input(cell) : Done.DONE;
  }

  /** A plain call has failed: {@return whether the worker goes on} */
  private boolean failedPlainly(int cell, int node, Form form, Throwable failure, Worker worker) {
    PartRules rules = plan.rules[node];
    if (rules != null && rules.onError() instanceof OnError.Again && !run.isCancelling()) {
      @Nullable Object[] inputs = Inputs.of(this, cell, node, form, rules);
      return new PartAttempts(this, cell, node, iterations.of(cell), form, rules, inputs)
          .tryAgain(failure, worker);
    }
    failHere(cell, node, rules, failure, 1, worker);
    return true;
  }

  private boolean stepWithRules(
      int cell, int node, Form form, @Nullable PartRules rules, Worker worker) {
    Verdict verdict = verdict(cell, node, form, rules);
    if (verdict == Verdict.ADMIT && rules != null && !rules.guards().isEmpty()) {
      return askGuards(cell, node, form, rules, worker);
    }
    switch (verdict) {
      case ADMIT -> {
        return admit(cell, node, form, rules, worker);
      }
      case CANCEL -> finish(cell, node, Ended.CANCELLED, worker);
      case SKIP_UPSTREAM -> {
        Throwable cause = causeBefore(cell, node);
        finish(cell, node, new Ended(Ending.SKIPPED_UPSTREAM, null, cause), worker);
      }
      case WAIT -> {} // perhaps another thread has it already
    }
    return true;
  }

  /**
   * {@return what becomes of a node, before its guards are asked} What other units may still give
   * is taken for usable; if the node is not skipped even so, it waits.
   */
  private Verdict verdict(int cell, int node, Form form, @Nullable PartRules rules) {
    FirstValues lacking = null;
    boolean lacksAny = false;
    int wired = Inputs.wired(form, rules);
    int usable = 0;
    int usableOthers = 0;
    int start = plan.inStart[node];
    int end = plan.inStart[node + 1];
    for (int i = start; i < end; i++) {
      int in = plan.ins[i];
      boolean isUsable = false;
      if (in < 0) {
        lacking = lacking == null ? new FirstValues(() -> turns.submit(cell)) : lacking;
        isUsable = mayCome(plan.externals[~in], iterations.of(cell), lacking);
        lacksAny |= isUsable;
      }
      if (!isUsable) {
        Ending how = endingOf(in, cell - node);
        isUsable = how != null && how.isUsable;
      }
      if (isUsable) {
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
    if (lacking == null) {
      return verdict;
    }
    return lacking.judged(verdict == Verdict.ADMIT && lacksAny ? Verdict.WAIT : verdict);
  }

  /** {@return whether there is no value of another unit yet, and may be one in an iteration} */
  private boolean mayCome(UnitPlan.External from, long iteration, FirstValues lacking) {
    UnitRun of = run.unit(from.unit());
    return lacking.await(of.samples, from.node()) && !run.pace().cannotBegin(of, this, iteration);
  }

  /** Asks the guards of a part, and does what they say: {@return whether the worker goes on} */
  private boolean askGuards(int cell, int node, Form form, PartRules rules, Worker worker) {
    var view = new LocalView(this, iterations.of(cell));
    switch (worker.ask(cell, () -> allSayYes(rules.guards(), view))) {
      case null -> {
        return false;
      }
      case Result.Err(Throwable failure) -> failHere(cell, node, rules, failure, 0, worker);
      case Result.Ok(Boolean yes) -> {
        if (yes) {
          return admit(cell, node, form, rules, worker);
        }
        finish(cell, node, Ended.BY_CONDITION, worker);
      }
    }
    return true;
  }

  private static boolean allSayYes(List<Guard> guards, View view) throws Exception {
    for (Guard guard : guards) {
      if (!guard.test(view)) {
        return false;
      }
    }
    return true;
  }

  private boolean admit(int cell, int node, Form form, @Nullable PartRules rules, Worker worker) {
    if (form.isWithoutWork()) {
      succeed(cell, node, valueWithoutWork(cell, form), worker);
      return true;
    }
    iterations.ledger().admitted(cell, node, Inputs.wired(form, rules));
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.admitted(plan.index, node, iterations.of(cell));
    }
    if (rules != null && !rules.begins().isEmpty()) {
      run.finalisers().begun(rules.begins());
    }
    if (rules == null || rules.wires().isEmpty()) { // nothing of users is on the way
      return attempt(cell, node, form, rules, Inputs.of(this, cell, node, form, rules), worker);
    }
    switch (worker.ask(cell, () -> Inputs.of(this, cell, node, form, rules))) {
      case null -> {
        return false;
      }
      case Result.Err(Throwable failure) -> {
        fail(cell, node, rules, failure, 0, worker);
        return true;
      }
      case Result.Ok(@Nullable Object[] inputs) -> {
        return attempt(cell, node, form, rules, inputs, worker);
      }
    }
  }

  /** Makes the attempts of a part: {@return whether the worker goes on} */
  private boolean attempt(
      int cell,
      int node,
      Form form,
      @Nullable PartRules rules,
      @Nullable Object[] inputs,
      Worker worker) {
    long iteration = iterations.of(cell);
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
      finish(cell, node, Ended.CANCELLED, worker);
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
    Object value =
        how.hasValue() && policy instanceof OnError.UseDefault<Object> fallback
            ? fallback.value()
            : null;
    if (how == Ending.PROPAGATED) {
      iterations.ledger().propagated(cell, attempts);
    } else {
      run.failuresSoFar()
          .add(name(node), iterations.of(cell), attempts, how.severity, failure, part(node));
    }
    finish(cell, node, new Ended(how, value, failure), worker);
  }

  /** A node has a value of its own. */
  void succeed(int cell, int node, Object value, Worker worker) {
    finish(cell, node, Ending.SUCCESS, value, worker);
  }

  /** A node has ended in another way. */
  void finish(int cell, int node, Ended ended, Worker worker) {
    latest.replacing(node, cells.value(cell), ended.how());
    iterations.ledger().note(cell, ended.how());
    finish(cell, node, ended.how(), ended, worker);
  }

  /** Fixes the outcome of a cell, and lets go on what waits for it. */
  private void finish(int cell, int node, Ending how, Object inCell, Worker worker) {
    cells.rearm(cell, node);
    long iteration = iterations.of(cell);
    cells.end(cell, how, inCell, iteration);
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.ended(plan.index, node, iteration, how);
    }
    if (how.stopsRun) {
      run.stopAtOnce();
    }
    if (plan.exported.length > 0) {
      if (how.isUsable) {
        samples.take(node, inCell);
      } else {
        run.pace().endedWithout(this, node);
      }
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
      if (how != Ending.SUCCESS && (outs[i] & UnitPlan.ORDER) == 0) {
        cells.spoil(successor);
      }
      if (cells.arrive(successor)) {
        worker.ready(successor);
      }
    }
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

  /** A worker was given up while it was at a cell; who gave it up goes on from there. */
  void givenUp(int cell, Worker worker) {
    int node = cells.node(cell);
    worker.noteGivenUp(this, node, iterations.of(cell));
    run.errands().leftBehind();
    if (node == plan.end()) {
      iterations.endGivenUp();
    } else {
      RunProbe probe = run.probe();
      if (probe != null && worker.leftAnAttempt()) {
        probe.attemptEnded(plan.index, node, iterations.of(cell), 1, false);
      }
      finish(cell, node, Ended.CANCELLED, new Handover(this));
    }
  }

  // ── what is known ──

  /**
   * {@return how the node ended that is a D-predecessor in an iteration; null if there is nothing}
   */
  @Nullable Ending endingOf(int in, int base) {
    if (in >= 0) {
      return cells.latest(base + in);
    }
    Ended sample = run.sample(plan.externals[~in]);
    return sample == null ? null : sample.how();
  }

  private @Nullable Throwable causeBefore(int cell, int node) {
    for (int i = plan.inStart[node]; i < plan.inStart[node + 1]; i++) {
      int in = plan.ins[i];
      Object before = in < 0 ? null : cells.value(cell - node + in);
      if (before instanceof Ended ended && !ended.isUsable() && ended.cause() != null) {
        return ended.cause();
      }
    }
    return null;
  }

  /** {@return how a node ended in an iteration; null if it has not yet} */
  @Nullable Ended endingIn(long iteration, int node) {
    int cell = cells.base(iteration) + node;
    Object inCell = cells.ending(cell, iteration) == null ? null : cells.value(cell);
    return inCell == null ? null : Ended.of(inCell);
  }

  /** {@return how attempts of a node are run by the scheduler} */
  TaskOptions options(int node, @Nullable PartRules rules, boolean waits) {
    return options.computeIfAbsent(
        node, _ -> TaskRules.options(run.plan().name + "/" + name(node), rules, waits));
  }

  int part(int node) {
    return plan.part(node, run.plan().names.length);
  }

  String name(int node) {
    int part = part(node);
    return part < 0 ? run.plan().nameOf(plan.index, node) : run.plan().names[part];
  }
}
