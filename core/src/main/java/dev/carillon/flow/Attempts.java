package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.schedule.TaskOptions;
import dev.carillon.time.Timer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The attempts of a part, or of one element of it, that are made through the scheduler. */
abstract class Attempts implements GateBoard.Waiter {
  /*
   * IDLE -> AT_GATE -> QUEUED -> RUNNING -> SETTLING -> OVER, or from SETTLING by PAUSED to the next
   * attempt's AT_GATE. What is not in the way falls through at once. Each step is taken under the
   * monitor by whoever comes first: the thread that runs the attempt, a timer, or who cancels; the
   * others find the phase changed and leave it alone. Nothing of users is called under the monitor.
   *
   * An attempt is the task of a scheduler, which gets it locks and permits. It is settled when its task
   * has given them back: by the listener of the task's event, if it has any, else at the end of the
   * task itself. Its gates are given back when its thread has left, also if it was given up before.
   *
   * Whether there is another attempt is asked by the thread that made the one that failed, while it
   * is RUNNING still and holds what the attempt needed: so the run stops before others get that, if
   * it does, and what the policy asks of users is interrupted and given up as the attempt would be.
   *
   * A timeout interrupts; if the thread has not left when the time of grace is over, the attempt is
   * settled without it, by another thread, as timers must not call code of users.
   */
  private static final long UNDECIDED = -2;
  private static final String GIVEN_UP = "the part was given up before it began";

  enum Phase {
    IDLE,
    AT_GATE,
    QUEUED,
    RUNNING,
    SETTLING,
    PAUSED,
    OVER
  }

  /** Why an attempt is interrupted. */
  private enum Stop {
    NONE,
    ATTEMPT_TIMEOUT,
    TOTAL_TIMEOUT,
    CANCELLED
  }

  /** How a thread has come back from the work of an attempt. */
  private enum Left {
    WITH_A_VALUE,
    FAILED,
    /** The attempt has ended without it. */
    TOO_LATE
  }

  final UnitRun unit;
  final int node;
  final long iteration;
  final @Nullable PartRules rules;

  final long dueAt; // by the run's clock; NONE if it is not due at any time

  private final LocalRun<?> run;

  private volatile boolean hasStoppedRun; // its last failure has
  private volatile Stop asked = Stop.NONE; // what came perhaps while there was nothing to stop

  // guarded by this
  private Phase phase = Phase.IDLE;
  private Stop stop = Stop.NONE;
  private int attempt;
  private int ran; // the attempt that ran last
  private long admittedAt;
  private boolean isTimed; // whether that is set
  private long attemptBeganAt;
  private @Nullable Thread thread;
  private boolean isDeciding; // the call is over, and its thread asks whether there is another
  private long decided = UNDECIDED; // the pause before another, in nanoseconds
  private boolean callIsOver; // of the attempt, while locks are given back
  private @Nullable Object value;
  private @Nullable Throwable failure;
  private @Nullable Throwable lastFailure;
  private @Nullable Event task;
  private @Nullable Timer total;
  private @Nullable Timer limit;
  private @Nullable Timer pause;

  Attempts(UnitRun unit, int node, long iteration, @Nullable PartRules rules) {
    this.unit = unit;
    this.run = unit.run;
    this.node = node;
    this.iteration = iteration;
    this.rules = rules;
    this.dueAt = run.deadline().of(unit, iteration, rules);
  }

  /** Calls the work once: {@return its value} */
  abstract @Nullable Object call(int number) throws Exception;

  /**
   * Checks the value that the work has given.
   *
   * @throws ValidationException if it does not pass
   */
  abstract void check(Object result);

  /** The last attempt has succeeded; its value has passed its checks. */
  abstract void succeeded(Object result, Worker worker);

  /** The last attempt has failed. */
  abstract void failed(Throwable cause, int attempts, Worker worker);

  /** The run was cancelled. */
  abstract void cancelled(Worker worker);

  /** {@return how it is to be run by the scheduler} */
  abstract TaskOptions options();

  /** {@return the name that people are shown} */
  String shownName() {
    return unit.name(node);
  }

  /** {@return whether another one keeps the time for it all} */
  boolean isTimedByAnother() {
    return false;
  }

  /** What the attempt has written is to be dropped, as it failed. */
  void drop() {}

  // ── beginning ──

  /** Makes the first attempt through the scheduler. */
  final void begin() {
    admit();
    next();
  }

  /** Goes on after a first attempt that failed and was made without the scheduler. */
  final void goOn(Throwable firstFailure, Worker worker) {
    admit();
    synchronized (this) {
      attempt = 1;
      phase = Phase.SETTLING;
      failure = firstFailure;
    }
    settle(worker);
  }

  /** Time counts from now on, and not only from when the scheduler has to do with it. */
  final synchronized void startTime() {
    admittedAt = run.clock().nanos();
    isTimed = true;
  }

  /**
   * Asks whether there is another attempt after a first one that failed and was made without the
   * scheduler. Before {@link #goOn}.
   */
  final void askForAnother(Throwable firstFailure) {
    long delay = AttemptTime.nextDelay(this, 1, firstFailure);
    synchronized (this) {
      decided = delay;
    }
  }

  private void admit() {
    run.register(this);
    long within = rules == null || isTimedByAnother() ? 0 : rules.withinNanos();
    synchronized (this) {
      if (!isTimed) {
        admittedAt = run.clock().nanos();
        isTimed = true;
      }
      if (within > 0) {
        total = run.timer(within, this::totalElapsed);
      }
    }
  }

  private List<Integer> gates() {
    return rules == null ? List.of() : rules.gates();
  }

  private void next() {
    synchronized (this) {
      if (phase != Phase.IDLE && phase != Phase.PAUSED) {
        return;
      }
      phase = Phase.AT_GATE;
      attempt++;
      stop = Stop.NONE;
      callIsOver = false;
      isDeciding = false;
      decided = UNDECIDED;
      value = null;
      failure = null;
    }
    if (gates().isEmpty()) {
      admitted();
    } else {
      run.gates().acquire(this, gates());
      stopIfAsked();
    }
  }

  /** Stops, if that was asked for while it could not be done: {@return whether it was} */
  private boolean stopIfAsked() {
    Stop why = run.isCancelling() ? Stop.CANCELLED : asked;
    if (why == Stop.NONE) {
      return false;
    }
    stopWith(why);
    return true;
  }

  /** The gates have let it through. */
  @Override
  public final void admitted() {
    int number;
    boolean give;
    synchronized (this) {
      give = phase != Phase.AT_GATE;
      if (!give) {
        phase = Phase.QUEUED;
      }
      number = attempt;
    }
    if (give) {
      run.gates().release(gates());
      return;
    }
    if (stopIfAsked()) {
      return;
    }
    Event submitted;
    try {
      TaskOptions options = run.deadline().task(options(), dueAt);
      submitted = run.scheduler().submit(options, () -> attempt(number));
    } catch (RuntimeException e) { // closed, or full
      refused(number, e);
      return;
    }
    boolean isUnwanted;
    synchronized (this) {
      isUnwanted = stop != Stop.NONE && ran != number;
      if (attempt == number) {
        task = submitted;
      }
    }
    submitted.whenComplete(poison -> taskOver(number, poison));
    if (isUnwanted) {
      submitted.tryPoison(GIVEN_UP); // by who did not know of it yet
    } else {
      stopIfAsked();
    }
  }

  private void refused(int number, RuntimeException cause) {
    synchronized (this) {
      if (phase != Phase.QUEUED || attempt != number) {
        return;
      }
      phase = Phase.SETTLING;
      failure = cause;
    }
    run.gates().release(gates());
    run.act(this::settleElsewhere);
  }

  // ── the attempt ──

  private void attempt(int number) {
    try {
      attemptOnce(number);
    } catch (Throwable e) { // not of the part: those are caught where it is called
      run.broken(e);
    }
  }

  private void attemptOnce(int number) {
    long began = run.clock().nanos();
    synchronized (this) {
      if (phase != Phase.QUEUED || attempt != number) {
        return;
      }
      phase = Phase.RUNNING;
      ran = number;
      thread = Thread.currentThread();
      attemptBeganAt = began;
      if (rules != null && rules.attemptNanos() > 0) {
        limit = run.timer(rules.attemptNanos(), () -> interrupt(number, Stop.ATTEMPT_TIMEOUT));
      }
    }
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.attemptBegan(unit.plan.index, node, iteration, number);
    }
    Object result = null;
    Throwable thrown = null;
    try {
      AttemptTime.dropIfLate(this, began);
      result = call(number);
      if (result != null) {
        check(result);
      }
    } catch (Throwable e) { // an Error, too, is the part's failure
      thrown = e;
    }
    TimelineRecorder recorder = run.recorder();
    long ended = recorder == null ? 0 : run.clock().nanos();
    Left how = left(number, result, thrown);
    boolean isMine = how == Left.WITH_A_VALUE || (how == Left.FAILED && decide(number));
    if (isMine && recorder != null) {
      boolean ok = thrown == null && result != null;
      recorder.add(unit, node, iteration, number, ok, began, ended);
    }
    if (isMine && probe != null) {
      probe.attemptEnded(
          unit.plan.index, node, iteration, number, thrown == null && result != null);
    }
    if (isMine && how == Left.FAILED && isEndOfRun()) {
      hasStoppedRun = true;
      run.stopAtOnce(); // now, so that nobody begins with what this attempt holds
    }
    run.gates().release(gates());
    if (isMine && (!isHeld() || callWasLast())) {
      settleElsewhere();
    }
  }

  /** {@return whether the attempt has failed for the last time, in a way that stops the run} */
  private synchronized boolean isEndOfRun() {
    if (rules == null || failure == null || stop == Stop.CANCELLED || run.isCancelling()) {
      return false;
    }
    return decided < 0 && Decision.failed(rules.lastResort(), rules.propagating()).stopsRun;
  }

  /** {@return whether the task holds something that it gives back when it has ended} */
  private boolean isHeld() {
    return rules != null
        && (!rules.locks().isEmpty() || !rules.needs().isEmpty() || rules.lane() != null);
  }

  /** The thread has left the work, which makes it the end of the attempt unless that failed. */
  private synchronized Left left(int number, @Nullable Object result, @Nullable Throwable thrown) {
    Thread.interrupted(); // ours or its own: nothing of whoever is next on this thread
    if (phase != Phase.RUNNING || attempt != number) {
      return Left.TOO_LATE;
    }
    cancel(limit);
    value = result;
    if (stop == Stop.NONE && thrown == null && result != null) {
      leave(UNDECIDED);
      return Left.WITH_A_VALUE;
    }
    failure = stop == Stop.NONE ? thrown : stopped(thrown);
    if (failure == null && result == null) {
      failure = UnitRun.noValue(unit.name(node));
    }
    isDeciding = stop != Stop.CANCELLED && stop != Stop.TOTAL_TIMEOUT;
    return Left.FAILED;
  }

  /** The thread has nothing more to do with the attempt; this is held. */
  private void leave(long delay) {
    thread = null;
    isDeciding = false;
    decided = delay;
    phase = Phase.SETTLING;
  }

  /**
   * Asks whether there is another attempt after this one failed, and has the attempt end: {@return
   * whether its outcome was still open}
   */
  private boolean decide(int number) {
    Throwable cause;
    synchronized (this) {
      cause = isDeciding ? failure : null;
    }
    long delay = cause == null ? UNDECIDED : AttemptTime.nextDelay(this, number, cause);
    synchronized (this) {
      Thread.interrupted(); // ours or its own: nothing of whoever is next on this thread
      if (phase != Phase.RUNNING || attempt != number) {
        return false;
      }
      leave(delay);
      return true;
    }
  }

  private Throwable stopped(@Nullable Throwable thrown) {
    var timeout = timeout();
    if (thrown != null) {
      timeout.addSuppressed(thrown);
    }
    return timeout;
  }

  private PartTimeoutException timeout() {
    PartRules set = rules;
    long nanos =
        set == null ? 0 : stop == Stop.ATTEMPT_TIMEOUT ? set.attemptNanos() : set.withinNanos();
    return new PartTimeoutException(
        "%s of a part must end in time: part=%s, attempt=%d, %s=%s"
            .formatted(
                stop == Stop.ATTEMPT_TIMEOUT ? "an attempt" : "the whole",
                unit.name(node),
                attempt,
                stop == Stop.ATTEMPT_TIMEOUT ? "attempt" : "within",
                Duration.ofNanos(nanos)));
  }

  /** {@return whether the task's event was complete before the call was over} */
  private synchronized boolean callWasLast() {
    boolean taskWasOver = callIsOver;
    callIsOver = true;
    return taskWasOver;
  }

  /** The task's event is complete: all it held is given back, or somebody else has completed it. */
  private void taskOver(int number, @Nullable Poison poison) {
    boolean neverRan = false;
    boolean goesOn = false;
    synchronized (this) {
      if (attempt != number) {
        return;
      }
      if (phase == Phase.QUEUED && poison != null) {
        neverRan = true;
        phase = Phase.SETTLING;
      } else if (isHeld()) {
        goesOn = callIsOver && phase == Phase.SETTLING;
        callIsOver = true;
      }
    }
    if (neverRan) {
      run.refused(new IllegalStateException(poison == null ? "" : poison.reason()));
      run.gates().release(gates());
      endCancelled();
    } else if (goesOn) {
      settleElsewhere();
    }
  }

  // ── what follows from it ──

  private void settleElsewhere() {
    try {
      var worker = new Handover(unit, true);
      settle(worker);
      worker.workOff();
    } catch (Throwable e) { // not of a part: those are caught where they are called
      run.broken(e);
    }
  }

  private void settle(Worker worker) {
    Object result;
    Throwable cause;
    Stop why;
    int number;
    synchronized (this) {
      if (phase != Phase.SETTLING) {
        return;
      }
      result = value;
      cause = failure;
      why = stop;
      number = attempt;
    }
    if (why == Stop.CANCELLED || (cause != null && run.isCancelling() && !hasStoppedRun)) {
      drop();
      if (over()) {
        cancelled(worker);
      }
      return;
    }
    if (cause == null && result != null) {
      if (over()) {
        noteEnd(true);
        succeeded(result, worker);
      }
      return;
    }
    Throwable known = cause == null ? UnitRun.noValue(unit.name(node)) : cause;
    drop();
    if (why != Stop.TOTAL_TIMEOUT && pauseBefore(number, known)) {
      return;
    }
    if (over()) {
      noteEnd(false);
      failed(known, number, worker);
    }
  }

  private void noteEnd(boolean isSuccess) {
    if (!AttemptTime.isKept(this)) {
      return;
    }
    long began;
    long admitted;
    synchronized (this) {
      began = ran == 0 ? run.clock().nanos() : attemptBeganAt;
      admitted = admittedAt;
    }
    AttemptTime.noteEnd(this, isSuccess, admitted, began);
  }

  /** {@return whether there is another attempt; it will be made when its time has come} */
  private boolean pauseBefore(int number, Throwable cause) {
    long nanos;
    synchronized (this) {
      nanos = decided;
    }
    if (nanos == UNDECIDED) { // it was given up, or did not come to run
      nanos = AttemptTime.nextDelay(this, number, cause);
    }
    if (nanos == AttemptTime.NO_OTHER) {
      return false;
    }
    synchronized (this) {
      if (phase != Phase.SETTLING) {
        return true; // it was ended meanwhile
      }
      phase = Phase.PAUSED;
      lastFailure = cause;
      task = null;
      if (nanos > 0) {
        pause = run.timer(nanos, this::next);
      }
    }
    if (!stopIfAsked() && nanos <= 0) {
      next();
    }
    return true;
  }

  /** Takes it off the run's list: {@return whether it was on it} */
  private boolean over() {
    synchronized (this) {
      if (phase == Phase.OVER) {
        return false;
      }
      phase = Phase.OVER;
      cancel(total);
      cancel(limit);
      cancel(pause);
    }
    run.unregister(this);
    return true;
  }

  private static void cancel(@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  // ── timeouts and cancelling ──

  private void totalElapsed() {
    asked = Stop.TOTAL_TIMEOUT;
    stopWith(Stop.TOTAL_TIMEOUT);
  }

  /** The run is being cancelled, or who keeps the time for this one has none left. */
  final void cancel() {
    asked = Stop.CANCELLED;
    try {
      stopWith(Stop.CANCELLED);
    } catch (Throwable e) { // not of a part: the others are cancelled all the same
      run.broken(e);
    }
  }

  private void stopWith(Stop why) {
    Phase was;
    int number;
    Event queued;
    synchronized (this) {
      was = phase;
      number = attempt;
      queued = task;
      if (was == Phase.QUEUED || was == Phase.PAUSED) {
        settleAs(why);
      }
    }
    switch (was) {
      case IDLE, SETTLING, OVER -> {}
      case AT_GATE -> leaveGate(why);
      case RUNNING -> interrupt(number, why);
      case QUEUED -> {
        run.gates().release(gates());
        if (queued != null) {
          queued.tryPoison(GIVEN_UP);
        }
        settleAfterStop(why);
      }
      case PAUSED -> settleAfterStop(why);
    }
  }

  /** Who is let through just now, or has not come to the gate yet, will see what is asked for. */
  private void leaveGate(Stop why) {
    if (!run.gates().withdraw(this)) {
      return;
    }
    synchronized (this) {
      settleAs(why);
    }
    settleAfterStop(why);
  }

  /** Gives up what is not running; this is held. */
  private void settleAs(Stop why) {
    phase = Phase.SETTLING;
    stop = why;
    failure = why == Stop.CANCELLED ? null : timeout();
    cancel(pause);
  }

  private void settleAfterStop(Stop why) {
    if (why == Stop.CANCELLED) {
      endCancelled();
    } else {
      run.actAfterTimeout(this::settleElsewhere);
    }
  }

  private void endCancelled() {
    try {
      if (over()) {
        cancelled(new Handover(unit));
      }
    } catch (Throwable e) { // not of a part: no part is called
      run.broken(e);
    }
  }

  private void interrupt(int number, Stop why) {
    synchronized (this) {
      if (phase != Phase.RUNNING || attempt != number || thread == null) {
        return;
      }
      if (isDeciding && why == Stop.ATTEMPT_TIMEOUT) {
        return; // the attempt was in time
      }
      stop = stop == Stop.CANCELLED ? stop : why;
      thread.interrupt();
    }
    run.timer(run.scheduler().config().grace().toNanos(), () -> giveUp(number));
  }

  /** The time of grace is over. */
  private void giveUp(int number) {
    Stop why;
    long began;
    Thread at;
    synchronized (this) {
      if (phase != Phase.RUNNING || attempt != number) {
        return;
      }
      began = attemptBeganAt;
      at = thread;
      phase = Phase.SETTLING;
      why = stop;
      failure = timeout();
      cancel(limit);
    }
    TimelineRecorder recorder = run.recorder();
    if (recorder != null) {
      recorder.givenUp(unit, node, iteration, number, began, at);
    }
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.attemptEnded(unit.plan.index, node, iteration, number, false);
    }
    settleAfterStop(why);
  }

  // ── what is known ──

  final synchronized Phase phase() {
    return phase;
  }

  final synchronized int attempt() {
    return attempt;
  }

  final synchronized long sinceAdmitted() {
    return run.clock().nanos() - admittedAt;
  }

  final synchronized @Nullable Event task() {
    return task;
  }

  final synchronized @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /** {@return whether anybody waits for an attempt's outcome} */
  final synchronized boolean isStillWanted(int number) {
    return phase == Phase.IDLE
        || (phase == Phase.RUNNING && attempt == number && stop == Stop.NONE);
  }
}
