package dev.carillon.flow;

import dev.carillon.event.CarillonException;
import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run in this process. */
final class LocalRun<O> implements Run<O> {
  /*
   * The parts of a run are its units, which run by themselves and tell the run when they are over.
   * When all are, finalisers run, then the event `ended` is triggered.
   *
   * Cancelling sets a flag that every decision looks at first; so nothing more begins, and what has not
   * begun ends as cancelled as soon as what is before it has. What runs is interrupted and, after the
   * time of grace, given up. One who begins registers first and looks at the flag then; the flag is set
   * first, and those registered are looked at then. A turn registers once for many parts, so a part
   * may begin unseen; it is found at the next look, one time of grace later. From then on, what waits
   * for a thread of a pool does not any longer: no part is called, and so it needs none of the pool.
   *
   * What goes wrong in this code, not in that of users, ends the run as broken, wherever it is
   * noticed: nobody can say what is left to wait for.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.flow");

  private static final int GOES_ON = 0;
  private static final int AT_ONCE = 1; // a part said so
  private static final int BY_USER = 2;

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
  private final Event ended;
  private final long beganAt;
  private final @Nullable RunMessages messages;
  private final @Nullable RunJournal journal;

  private final AtomicInteger unitsLeft;
  private final AtomicReference<RunStatus> status = new AtomicReference<>(RunStatus.OK);
  private final AtomicInteger cancelling = new AtomicInteger(GOES_ON);
  private final Set<Attempts> attempts = ConcurrentHashMap.newKeySet();
  private final Set<Handover> handovers = ConcurrentHashMap.newKeySet();
  private final Finalisers finalisers;
  private final RunOutput output;
  private final AtomicBoolean isLookedAfter = new AtomicBoolean();
  private final AtomicBoolean isEnding = new AtomicBoolean();
  private final AtomicBoolean isGone = new AtomicBoolean();
  private final CountDownLatch isPast = new CountDownLatch(1); // also when no event can tell it
  private final Errands errands = new Errands(this);
  private volatile boolean hasLeftBehind; // perhaps a thread, at an attempt that was given up
  private final Preconditions preconditions = new Preconditions();

  // who writes one of them looks at the other then: so a failure of the journal at the end is seen
  private volatile boolean isAtEnd;
  private volatile boolean hasFailedJournal;

  LocalRun(
      LocalFlow flow,
      String name,
      LocalCycle<?, O> cycle,
      Object input,
      RunOptions options,
      @Nullable RunJournal journal,
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
    this.journal = journal;
    this.input = journal == null ? input : JournalValues.read(journal.input(), cycle);
    Map<String, Object> before = journal == null ? Map.of() : journal.keys();
    this.keys = new KeyValues(JournalValues.keys(plan, before));
    raise(journal == null ? RunStatus.OK : journal.status());
    this.finalisers = new Finalisers(this, plan.finalisers);
    this.output = new RunOutput(name, plan.output);
    resumeOutput(JournalValues.output(before));
    this.ended = flow.events().newEvent("end of run \"" + name + "\"").release();
    this.units = new UnitRun[plan.units.length];
    this.pace = new Pace(units);
    this.unitsLeft = new AtomicInteger(units.length);
    for (int i = 0; i < units.length; i++) {
      units[i] = new UnitRun(this, plan.units[i]);
      if (journal != null && journal.resumedFrom(i) > 0) {
        JournalValues.restore(units[i], journal.resumedFrom(i), before);
      }
    }
    if (messages == null) {
      units[0].samples.take(0, this.input); // it need not be waited for
    }
  }

  /** Begins, once what it waits for has happened. */
  void begin(List<Event> after) {
    preconditions.await(after, this::missed, this::open);
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

  /** Goes once it is written down what the run was started with. */
  private void open() {
    if (journal == null) {
      go();
    } else {
      journal.begin(() -> act(this::go), this::journalFailed);
    }
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
    Runnable watched =
        () -> {
          try {
            action.run();
          } catch (Throwable e) { // not of a part: timers call none
            broken(e);
          }
        };
    try {
      return flow.timers().schedule(Duration.ofNanos(nanos), watched);
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "no timer, as the flow is closed", e);
      return null;
    }
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
    return cancelling.getAcquire() != GOES_ON; // pairs with stopWith()
  }

  boolean isCancelledByUser() {
    return cancelling.get() == BY_USER;
  }

  /** {@return whether each unit follows the cycle's loop, as there is none for all} */
  boolean isIndependent() {
    return plan.isIndependent;
  }

  Pace pace() {
    return pace;
  }

  Finalisers finalisers() {
    return finalisers;
  }

  void register(Attempts running) {
    attempts.add(running);
  }

  void unregister(Attempts running) {
    attempts.remove(running);
  }

  void entered(Handover worker) {
    handovers.add(worker);
  }

  void left(Handover worker) {
    handovers.remove(worker);
  }

  RunOutput outputSoFar() {
    return output;
  }

  private void resumeOutput(@Nullable Ended gave) {
    try {
      output.take(output.of(gave));
    } catch (Throwable e) { // a check of the user's, or what it says
      outputFailed(0, e);
    }
  }

  /** The value of the cycle has not passed its checks. */
  void outputFailed(long iteration, Throwable cause) {
    CompiledPlan.OutputPlan from = plan.output;
    String part = from == null ? name : plan.nameOf(from.from().unit(), from.from().node());
    failures.add(part, iteration, 1, RunStatus.ERROR, cause, 0);
    raise(RunStatus.ERROR);
  }

  void raise(RunStatus to) {
    status.accumulateAndGet(to, RunStatus::max);
  }

  /** Writes an iteration to the journal: {@return whether that is to be waited for} */
  boolean commit(
      UnitRun unit,
      long iteration,
      RunStatus how,
      @Nullable Instant through,
      long last,
      Runnable then) {
    RunJournal written = journal;
    if (written == null || isCancelling()) {
      return false;
    }
    try {
      Map<String, Object> values = JournalValues.of(unit, iteration, through, last);
      written.commit(unit.plan.index, iteration, how, values, then);
      return true;
    } catch (RuntimeException e) { // a value that cannot be written
      journalFailed(e);
      return false;
    }
  }

  boolean isJournaled() {
    return journal != null;
  }

  /** The journal cannot be written: the run stops, and can go on behind what was written. */
  private void journalFailed(Throwable cause) {
    hasFailedJournal = true;
    failures.add("journal", iteration(), 1, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    raise(RunStatus.ERROR);
    stopAtOnce();
    for (UnitRun unit : units) {
      unit.iterations.forgetCommits();
    }
    if (isAtEnd) {
      over();
    }
  }

  void messageDone(UnitRun unit) {
    if (messages != null && unit.plan.index == 0) {
      messages.done();
    }
  }

  // ── ending ──

  void unitOver(UnitRun unit) {
    unit.samples.end();
    pace.cameOn(unit);
    if (unit.plan.index == 0 && !isIndependent()) {
      for (UnitRun other : units) {
        other.iterations.windDown();
      }
      lookAgain();
    }
    if (unitsLeft.decrementAndGet() == 0) {
      finish();
    }
  }

  private void finish() {
    if (hasLeftBehind) {
      actAfterTimeout(this::finalise);
    } else {
      act(this::finalise);
    }
  }

  /** A thread was given up and may be at what it was at for ever. */
  void leftBehind() {
    hasLeftBehind = true;
  }

  /**
   * Has something done by a thread of the CPU pool; on this one if the scheduler takes no tasks.
   */
  void act(Runnable action) {
    errands.run(action);
  }

  /** Has something done that follows from a timeout, which may be as the CPU pool is stuck. */
  void actAfterTimeout(Runnable action) {
    hasLeftBehind = true;
    errands.runAfterTimeout(action);
  }

  private void finalise() {
    if (!isEnding.compareAndSet(false, true)) {
      return;
    }
    if (messages != null) {
      messages.close();
    }
    if (isCancelledByUser()) {
      raise(RunStatus.CANCELLED);
    }
    finalisers.run();
  }

  /** A finaliser has failed. */
  void finaliserFailed(String which, Throwable cause) {
    failures.add(which, iteration(), 1, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    raise(RunStatus.ERROR);
  }

  /** All finalisers have run. */
  void end() {
    gates.close();
    tellProbe();
    isAtEnd = true;
    if (journal == null || isCancelledByUser() || hasFailedJournal) {
      over(); // and a run with a journal can be resumed
    } else {
      journal.end(status(), this::over);
    }
  }

  private void tellProbe() {
    if (probe == null) {
      return;
    }
    try {
      probe.runEnded(status());
    } catch (Throwable e) { // who watches must not keep it from ending
      LOG.log(Level.ERROR, "who watches run \"" + name + "\" failed at its end", e);
    }
  }

  /** All is written down. */
  private void over() {
    if (!isGone.compareAndSet(false, true)) {
      return;
    }
    preconditions.awaitNoMore();
    try {
      if (journal != null) {
        journal.close();
      }
    } catch (RuntimeException e) { // a store's: the run is over all the same
      LOG.log(Level.WARNING, "the journal of run \"" + name + "\" cannot be closed", e);
    }
    flow.over(this);
    isPast.countDown();
    ended.tryTrigger();
  }

  /** A part has failed in a way that stops all. */
  void stopAtOnce() {
    stopWith(AT_ONCE);
  }

  @Override
  public void cancel() {
    if (!isEnding.get()) {
      stopWith(BY_USER);
    } else if (!isOver()) {
      lookAfter(); // its finalisers are not waited for any longer than is theirs
    }
  }

  private void stopWith(int how) {
    if (!cancelling.compareAndSet(GOES_ON, how)) {
      return;
    }
    afterStop();
  }

  private void afterStop() {
    lookAfter();
    for (UnitRun unit : units) {
      unit.samples.wake();
    }
    lookAgain();
  }

  /** Looks after what runs while the run is being cancelled, now and until nothing does. */
  private void lookAfter() {
    look(false);
    if (isLookedAfter.compareAndSet(false, true)) {
      lookLater();
    }
  }

  private void lookLater() {
    if (!isOver()) {
      timer(
          scheduler().config().grace().toNanos(),
          () -> {
            look(true);
            lookLater();
          });
    }
  }

  /**
   * Looks after what runs.
   *
   * @param isLate whether the time of grace is over, after which no thread of a pool is waited for
   */
  private void look(boolean isLate) {
    attempts.forEach(Attempts::cancel);
    handovers.forEach(Handover::lookAfter);
    for (UnitRun unit : units) {
      unit.turns.look(isLate);
    }
    finalisers.lookAfter();
    if (isLate) {
      errands.doElsewhere();
    }
  }

  /** The scheduler takes no task. */
  void refused(RuntimeException cause) {
    if (cancelling.compareAndSet(GOES_ON, BY_USER)) {
      failures.add(name, iteration(), 0, RunStatus.CANCELLED, cause, Integer.MAX_VALUE);
      afterStop();
    }
  }

  /** Something is wrong with this code, or memory is out: the run cannot go on. */
  void broken(Throwable cause) {
    LOG.log(Level.ERROR, "run \"" + name + "\" is broken", cause);
    failures.add(name, iteration(), 0, RunStatus.ERROR, cause, Integer.MAX_VALUE);
    raise(RunStatus.ERROR);
    stopAtOnce();
    act(this::finalise);
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
  private void lookAgain() {
    for (UnitRun unit : units) {
      unit.iterations.poke();
    }
  }

  @Override
  public void close() {
    cancel();
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
    return ended;
  }

  @Override
  public boolean isOver() {
    return isPast.getCount() == 0;
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
    try {
      ended.await();
    } catch (CarillonException e) { // of an event system that was closed, which ends no run
      isPast.await();
    }
    return status();
  }

  @Override
  public Optional<RunStatus> await(Duration timeout) throws InterruptedException {
    boolean isInTime;
    try {
      isInTime = ended.await(timeout);
    } catch (CarillonException e) { // of an event system that was closed, which ends no run
      isInTime = isPast.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
    }
    return isInTime ? Optional.of(status()) : Optional.empty();
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
    return RunExplainer.explain(this, attempts);
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
