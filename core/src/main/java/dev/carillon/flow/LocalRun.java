package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run in this process. */
final class LocalRun<O> implements Run<O> {
  /*
   * The parts of a run are its units, which run by themselves and tell the run when they are over.
   * Stopping cancels it, RunEnd brings it to its end once all units are over, JournalKeeper writes down
   * what it has done. This class puts them together: it is what the units ask for what they need of
   * the run, and what users see of it.
   *
   * What goes wrong in this code, not in that of users, ends the run as broken, wherever it is
   * noticed: nobody can say what is left to wait for.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");

  private final LocalFlow flow;
  private final String name;
  private final CompiledPlan plan;
  private final Object input;
  private final @Nullable RunProbe probe;
  private final @Nullable TimelineRecorder recorder;
  private final Costs costs;
  private final TaskOptions turnOptions;
  private final GateBoard gates;
  private final KeyValues keys;
  private final Failures failures;
  private final RunDeadline deadline;
  private final LateParts late;
  private final UnitRun[] units;
  private final Pace pace;
  private final long beganAt;
  private final @Nullable RunMessages messages;
  private final RunOutput output;
  private final Preconditions preconditions = new Preconditions();
  private final Errands errands = new Errands(this);
  private final JournalKeeper journal;
  private final Stopping stopping;
  private final RunEnd end;

  private final AtomicReference<RunStatus> status = new AtomicReference<>(RunStatus.OK);

  LocalRun(
      LocalFlow flow,
      String name,
      LocalCycle<?, O> cycle,
      Object input,
      RunOptions options,
      @Nullable RunJournal resumed,
      @Nullable RunProbe observer) {
    this.flow = flow;
    this.name = name;
    this.plan = cycle.plan();
    this.costs = cycle.costs();
    this.beganAt = flow.clock().nanos();
    this.recorder = options.isTraced() ? new TimelineRecorder(this) : null;
    this.probe = observer;
    this.turnOptions = TaskOptions.DEFAULT.named(plan.name);
    this.gates = new GateBoard(plan.gates, flow.clock(), flow.timers());
    this.failures = new Failures(flow.config().keptFailures());
    this.deadline = new RunDeadline(this, options.deadline());
    this.late = new LateParts(flow.config().keptFailures());
    this.messages = plan.messages == null ? null : new RunMessages(plan.messages);
    this.journal = new JournalKeeper(this, resumed);
    this.input = resumed == null ? input : JournalValues.read(resumed.input(), cycle);
    this.keys = new KeyValues(JournalValues.keys(plan, journal.before()));
    raise(journal.statusBefore());
    this.output = new RunOutput(this);
    output.resume(JournalValues.output(journal.before()));
    this.units = new UnitRun[plan.units.length];
    this.stopping = new Stopping(this, units);
    this.end = new RunEnd(this, units);
    this.pace = new Pace(units);
    for (int i = 0; i < units.length; i++) {
      units[i] = new UnitRun(this, plan.units[i]);
      journal.resume(units[i]);
    }
    if (messages == null) {
      units[0].samples.take(0, this.input); // it need not be waited for
    }
  }

  /** Begins, once what it waits for has happened. */
  void begin(List<Event> after) {
    preconditions.await(after, this::missed, () -> journal.begin(this::go));
    if (isOver()) {
      preconditions.awaitNoMore();
    }
  }

  private void missed(Poison poison) {
    failures.add(
        name,
        0,
        0,
        RunStatus.CANCELLED,
        new IllegalStateException("what it was to come after has failed: " + poison),
        Integer.MAX_VALUE);
    cancel();
  }

  private void go() {
    if (messages != null) {
      try {
        messages.open();
      } catch (RuntimeException e) { // the bus is closed, say
        refused(e);
      }
    }
    lookAgain();
  }

  // ── what its units ask ──

  @Override
  public CompiledPlan plan() {
    return plan;
  }

  Scheduler scheduler() {
    return flow.scheduler();
  }

  LocalFlow flow() {
    return flow;
  }

  Clock clock() {
    return flow.clock();
  }

  /** {@return a timer; none if the flow is closed, which has cancelled the run} */
  @Nullable Timer timer(long nanos, Runnable action) {
    return errands.timer(nanos, action);
  }

  TaskOptions turnOptions() {
    return turnOptions;
  }

  int parallelism() {
    int set = flow.config().parallelism();
    return set == 0 ? scheduler().config().cpuThreads() : set;
  }

  /** {@return how long what cleans up may take once the run is being cancelled, in nanoseconds} */
  long cleanup() {
    return flow.config().cleanup().toNanos();
  }

  /** {@return who notes the run's timeline; null if nobody does} */
  @Nullable TimelineRecorder recorder() {
    return recorder;
  }

  @Nullable RunProbe probe() {
    return probe;
  }

  Failures failuresSoFar() {
    return failures;
  }

  RunDeadline deadline() {
    return deadline;
  }

  LateParts late() {
    return late;
  }

  KeyValues keys() {
    return keys;
  }

  Costs costs() {
    return costs;
  }

  GateBoard gates() {
    return gates;
  }

  Object input() {
    return input;
  }

  @Nullable RunMessages messages() {
    return messages;
  }

  UnitRun unit(int index) {
    return units[index];
  }

  /** {@return the latest usable ending of a node; null if there is none} */
  @Nullable Ended sample(UnitPlan.External external) {
    return units[external.unit()].samples.latest(external.node());
  }

  boolean isCancelling() {
    return stopping.isCancelling();
  }

  boolean isCancelledByUser() {
    return stopping.isByUser();
  }

  /** {@return whether each unit follows the cycle's loop, as there is none for all} */
  boolean isIndependent() {
    return plan.isIndependent;
  }

  Pace pace() {
    return pace;
  }

  Finalisers finalisers() {
    return end.finalisers();
  }

  void register(Attempts running) {
    stopping.register(running);
  }

  void unregister(Attempts running) {
    stopping.unregister(running);
  }

  Stopping stopping() {
    return stopping;
  }

  Errands errands() {
    return errands;
  }

  RunOutput outputSoFar() {
    return output;
  }

  void raise(RunStatus to) {
    status.accumulateAndGet(to, RunStatus::max);
  }

  JournalKeeper journal() {
    return journal;
  }

  RunEnd end() {
    return end;
  }

  Preconditions preconditions() {
    return preconditions;
  }

  // ── ending ──

  /**
   * Has something done by a thread of the CPU pool; on this one if the scheduler takes no tasks.
   */
  void act(Runnable action) {
    errands.run(action);
  }

  /** Has something done that follows from a timeout, which may be as the CPU pool is stuck. */
  void actAfterTimeout(Runnable action) {
    errands.runAfterTimeout(action);
  }

  /** A part has failed in a way that stops all. */
  void stopAtOnce() {
    stopping.stopAtOnce();
  }

  @Override
  public void cancel() {
    if (!end.hasBegun()) {
      stopping.cancel();
    } else if (!isOver()) {
      stopping.lookAfter(); // its finalisers are not waited for any longer than is theirs
    }
  }

  /** The scheduler takes no task. */
  void refused(RuntimeException cause) {
    stopping.refused(cause);
  }

  /** Something is wrong with this code, or memory is out: the run cannot go on. */
  void broken(Throwable cause) {
    LOG.log(Level.ERROR, "run \"" + name + "\" is broken", cause);
    failures.add(name, iteration(), 0, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    raise(RunStatus.ERROR);
    stopAtOnce();
    act(end::finalise);
  }

  @Override
  public void stop() {
    for (UnitRun unit : units) {
      unit.iterations.stop();
    }
    lookAgain();
  }

  /**
   * Has all units look what they are to do; after all were told, as none may get ahead of others.
   */
  void lookAgain() {
    for (UnitRun unit : units) {
      unit.iterations.poke();
    }
  }

  @Override
  public void close() {
    cancel();
    end.awaitAnyway();
  }

  // ── what is known ──

  /** {@return the outcome of a part in an iteration; of another unit, the latest} */
  Outcome<?> outcomeNow(int part, UnitRun asker, long iteration) {
    UnitRun unit = units[plan.unitOf(part)];
    if (unit.equals(asker)) {
      Ended how = unit.endingIn(iteration, plan.nodeOf(part));
      return how == null ? new Outcome.Cancelled<>() : how.outcome();
    }
    return ofPart(part).orElseGet(Outcome.Cancelled::new);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Event ended() {
    return end.event();
  }

  @Override
  public boolean isOver() {
    return end.isOver();
  }

  @Override
  public RunStatus status() {
    return status.get();
  }

  @Override
  public long iteration() {
    long latest = 0;
    for (UnitRun unit : units) {
      if (unit != null && (unit.plan.index == 0 || isIndependent())) {
        latest = Math.max(latest, unit.iterations.begun());
      }
    }
    return latest;
  }

  @Override
  public RunStatus await() throws InterruptedException {
    end.await();
    return status();
  }

  @Override
  public Optional<RunStatus> await(Duration timeout) throws InterruptedException {
    return end.await(timeout) ? Optional.of(status()) : Optional.empty();
  }

  @Override
  @SuppressWarnings("unchecked") // it came along the wire that the definition returned
  public Optional<O> output() {
    return Optional.ofNullable((O) output.get(isOver()));
  }

  @Override
  @SuppressWarnings("unchecked") // the part's own values; of a wire of results, those of the part
  public <T> Optional<Outcome<T>> outcome(Out<T> part) {
    return ofPart(plan.number(part)).map(outcome -> (Outcome<T>) outcome);
  }

  @Override
  public Optional<Outcome<?>> outcome(String part) {
    return ofPart(plan.number(part)).map(outcome -> outcome);
  }

  private Optional<Outcome<Object>> ofPart(int part) {
    UnitRun unit = units[plan.unitOf(part)];
    return Optional.ofNullable(unit.latest.ending(plan.nodeOf(part))).map(Ended::outcome);
  }

  @Override
  public List<PartFailure> failures() {
    return failures.all();
  }

  @Override
  public long failureCount() {
    return failures.count();
  }

  @Override
  public List<LatePart> lateParts() {
    return late.all();
  }

  @Override
  public long lateCount() {
    return late.count();
  }

  @Override
  public Progress progress() {
    return RunExplainer.progress(this, beganAt);
  }

  @Override
  public RunExplanation explain() {
    return RunExplainer.explain(this, stopping.attempts());
  }

  @Override
  public Timeline timeline() {
    if (recorder == null) {
      throw new IllegalStateException(
          "a timeline is kept of runs that are started with traced(): run=" + name);
    }
    return recorder.timeline();
  }

  long beganAt() {
    return beganAt;
  }

  @Override
  public String toString() {
    return "Run[%s, %s, iteration=%d, %s]"
        .formatted(name, isOver() ? "ended" : "under way", iteration(), status());
  }
}
