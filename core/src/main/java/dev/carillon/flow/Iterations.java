package dev.carillon.flow;

import dev.carillon.schedule.ScheduleCursor;
import dev.carillon.time.Timer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** When the iterations of a unit begin, and what becomes of them. */
final class Iterations {
  /*
   * Everything that may let an iteration begin (the end of one before, a timer, a commit, a message,
   * another unit that has come on) calls advance, which looks whether the next one can begin, and if
   * not, has itself called again by what it lacks. The looking is under the monitor; what follows is
   * not.
   *
   * The source's cell waits for one arrival more than edges: the word that the iteration begins.
   *
   * Iterations are settled in their order. In a pipeline the last node of one may be done before that
   * of the one before it, by another thread; then who settles the one before goes on with it. So one
   * thread at a time settles. What it calls of users may hang, and then another goes on in its place.
   *
   * Commits are counted from before they are made, as they may be durable at once. Nothing begins
   * while one is under way.
   */
  private static final long FIRST_PAUSE = 10_000_000L;
  private static final long LONGEST_PAUSE = 1_000_000_000L;

  private final UnitRun unit;
  private final UnitPlan plan;
  private final LocalRun<?> run;
  private final boolean hasNoParts;
  private final Ledger ledger;
  private final Closing closing; // of the iteration that is being settled
  private final Runnable lookAgain = this::poke; // one, so that it waits but once

  // of each slot; written when its iteration begins, under the monitor
  private final long[] numbers;
  private final Object[] inputs;
  private final long[] beganAt;

  // guarded by this
  private @Nullable ScheduleCursor cursor;
  private int underWay;
  private int failuresInRow;
  private int skipsInRow;
  private long notBefore;
  private boolean isPaused; // whether notBefore means anything
  private boolean isStopped; // no further iteration begins
  private boolean isWindingDown; // no further iteration begins after the first
  private @Nullable Timer timer;
  private long lastNanos;
  private final boolean[] isUnsettled; // of each slot: has ended before the one before it
  private int committing; // commits under way
  private boolean isUnwritten; // commits are not waited for, as the journal has failed
  private long resumedAfter; // iterations that another process has done
  private long last = Long.MAX_VALUE; // the loop ends with this one, as another process found
  private @Nullable Instant through; // the occurrence of the schedule that has begun last

  // written under the monitor, read by anyone
  private volatile long begun;
  private volatile long ended;
  private volatile boolean isOver;

  Iterations(UnitRun unit) {
    this.unit = unit;
    this.plan = unit.plan;
    this.run = unit.run;
    this.hasNoParts = run.isIndependent() && plan.index == 0 && !hasParts();
    int slots = unit.cells.slots;
    this.numbers = new long[slots];
    this.inputs = new Object[slots];
    this.beganAt = new long[slots];
    this.isUnsettled = new boolean[slots];
    this.ledger = new Ledger(unit);
    this.closing = new Closing(unit, ledger);
    var schedule = run.plan().loop.schedule();
    this.cursor =
        schedule == null || !followsLoop() ? null : ScheduleCursor.start(schedule, run.clock());
  }

  boolean hasParts() {
    for (int node = 1; node < plan.end(); node++) {
      if (unit.part(node) > 0) {
        return true;
      }
    }
    return false;
  }

  /** {@return whether the cycle's loop is the unit's, too: not that of a branch beside it} */
  boolean followsLoop() {
    return plan.index == 0 || run.isIndependent();
  }

  /** Goes on behind iterations that another process has done. */
  void resume(long after, @Nullable Instant occurrence, long lastOfLoop) {
    var schedule = run.plan().loop.schedule();
    synchronized (this) {
      begun = after;
      ended = after;
      resumedAfter = after;
      last = lastOfLoop;
      through = occurrence;
      if (cursor != null && schedule != null && occurrence != null) {
        cursor = ScheduleCursor.resume(schedule, run.clock(), occurrence);
      }
    }
    unit.cells.reset(after);
  }

  private int slot(long iteration) {
    return (int) (iteration % unit.cells.slots);
  }

  /** {@return the iteration that a cell is in} */
  long of(int cell) {
    return numbers.length == 1 ? numbers[0] : numbers[cell / unit.cells.nodes];
  }

  Object input(int cell) {
    return inputs.length == 1 ? inputs[0] : inputs[cell / unit.cells.nodes];
  }

  Ledger ledger() {
    return ledger;
  }

  /**
   * {@return when an iteration began that has not ended, by the run's clock} Exact for who is at
   * it; for others perhaps that of one before.
   */
  long beganAt(long iteration) {
    return beganAt[slot(iteration)];
  }

  long begun() {
    return begun;
  }

  long ended() {
    return ended;
  }

  boolean isOver() {
    return isOver;
  }

  // ── beginning ──

  /** Begins what can begin. */
  void advance(@Nullable Worker worker) {
    while (true) {
      long next;
      boolean over = false;
      synchronized (this) {
        if (isOver) {
          return;
        }
        if (mustEnd()) {
          if (underWay > 0 || isCommitting()) {
            return;
          }
          isOver = true;
          over = true;
          dropTimer();
        } else if (!mayBegin()) {
          if (isStopped) {
            continue;
          }
          return;
        }
        next = over ? 0 : beginning();
      }
      if (over) {
        run.end().unitOver(unit);
        return;
      }
      begin(next, worker);
    }
  }

  private boolean mustEnd() {
    return isStopped
        || run.isCancelling()
        || (isWindingDown && begun > resumedAfter) // so what another process left is finished
        || begun >= Math.min(most(), last);
  }

  private long most() {
    if (hasNoParts) {
      return 1; // its parts all repeat by themselves
    }
    return followsLoop() || run.plan().loop.most() == 1 ? run.plan().loop.most() : Long.MAX_VALUE;
  }

  private boolean mayBegin() {
    if (underWay >= plan.window || isCommitting()) {
      return false;
    }
    return switch (begun > 0 ? Pace.Start.READY : run.pace().start(unit, lookAgain)) {
      case READY -> run.pace().isWithinSlack(unit) && isTime();
      case WAITING -> false;
      case STARVED -> {
        unit.starve();
        isWindingDown = true;
        yield true;
      }
    };
  }

  private boolean isCommitting() {
    return committing > 0 && !isUnwritten;
  }

  private boolean isTime() {
    long now = run.clock().nanos();
    if (isPaused && now - notBefore < 0) {
      wakeIn(notBefore - now);
      return false;
    }
    isPaused = false;
    if (run.messages() != null && plan.index == 0) {
      return run.messages().hasNext(this::poke);
    }
    if (cursor == null) {
      return true;
    }
    if (underWay > 0) {
      return false; // an occurrence begins when the one before is over
    }
    var occurrence = cursor.tryBegin();
    if (occurrence.isPresent()) {
      through = occurrence.get().through();
      return true;
    }
    wakeIn(Math.max(1, cursor.untilDue().toNanos()));
    return false;
  }

  private void wakeIn(long nanos) {
    dropTimer();
    timer = run.timer(nanos, this::poke);
  }

  private void dropTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Something has happened that may let the next iteration begin. */
  void poke() {
    try {
      advance(null);
    } catch (Throwable e) { // not of a part: those are caught where they are called
      run.broken(e);
    }
  }

  private long beginning() {
    long next = begun + 1;
    begun = next;
    underWay++;
    int slot = slot(begun);
    numbers[slot] = begun;
    ledger.open(begun);
    beganAt[slot] = run.clock().nanos();
    inputs[slot] = run.messages() != null && plan.index == 0 ? run.messages().next() : run.input();
    return begun;
  }

  private void begin(long iteration, @Nullable Worker worker) {
    unit.keys.clear(iteration);
    RunProbe probe = run.probe();
    if (probe != null) {
      probe.iterationBegan(plan.index, iteration);
    }
    int source = unit.cells.base(iteration);
    if (!unit.cells.arrive(source)) {
      return;
    }
    if (worker == null) {
      unit.turns.submit(source);
    } else {
      worker.ready(source);
    }
  }

  // ── ending ──

  /** All nodes of an iteration have ended. */
  void ended(long iteration, Worker worker) {
    synchronized (this) {
      if (iteration != ended + 1) {
        isUnsettled[slot(iteration)] = true;
        return;
      }
    }
    closing.begin(iteration);
    goOn(worker);
  }

  /** Settles the iteration that is being closed, and those after it that have ended. */
  void goOn(Worker worker) {
    while (closing.run(worker)) {
      long iteration = closing.iteration();
      if (!settle(iteration)) {
        advance(worker);
        run.pace().cameOn(unit); // when it is known whether it goes on: the others go by that, too
        return;
      }
      closing.begin(iteration + 1);
    }
  }

  /** Whoever settled was given up: another thread goes on, as this one calls nothing of users. */
  void endGivenUp() {
    closing.givenUp();
    Errands.onOwnThread(run, () -> new Handover(unit).goOnWithEnd());
  }

  /** Settles an iteration: {@return whether the next one has ended already} */
  private boolean settle(long iteration) {
    boolean commits = commit(iteration, closing.status(), closing.isEnough());
    boolean hasNext;
    synchronized (this) {
      ended = iteration;
      underWay--;
      lastNanos = run.clock().nanos() - beganAt[slot(iteration)];
      if (cursor != null) {
        cursor.finish();
      }
      int after = slot(iteration + 1);
      hasNext = isUnsettled[after];
      isUnsettled[after] = false;
    }
    if (!commits) {
      messageDone();
    }
    return hasNext;
  }

  /** Writes an iteration down: {@return whether it is told when that is done} */
  private boolean commit(long iteration, RunStatus how, boolean enough) {
    Instant occurrence;
    long lastBegun;
    synchronized (this) {
      isStopped |= enough;
      answerFailures(iteration, how);
      occurrence = through;
      lastBegun = isStopped ? begun : 0; // none begins after it
      committing++;
    }
    if (run.journal().commit(unit, iteration, how, occurrence, lastBegun, this::committed)) {
      return true;
    }
    synchronized (this) {
      committing--;
    }
    return false;
  }

  private void committed() {
    synchronized (this) {
      committing--;
    }
    messageDone();
    poke();
  }

  private void messageDone() {
    RunMessages messages = run.messages();
    if (messages != null && plan.index == 0) {
      messages.done();
    }
  }

  /** Nothing is written down any more. */
  void forgetCommits() {
    synchronized (this) {
      isUnwritten = true;
    }
    poke();
  }

  private void answerFailures(long iteration, RunStatus how) {
    Loop.AfterFailure after = run.plan().loop.afterFailure();
    if (how.compareTo(RunStatus.ERROR) >= 0) {
      failuresInRow++;
      isStopped |= failuresInRow >= after.failures();
      pause(after.backoff().delay(failuresInRow).toNanos());
    } else {
      failuresInRow = 0;
    }
    if (plan.group < 0 || cursor != null) {
      return;
    }
    if (ledger.wasIdle(iteration)) {
      long pause = FIRST_PAUSE << Math.min(skipsInRow++, 7);
      pause(Math.min(pause, LONGEST_PAUSE));
    } else {
      skipsInRow = 0;
    }
  }

  private void pause(long nanos) {
    if (nanos > 0) {
      isPaused = true;
      notBefore = run.clock().nanos() + nanos;
    }
  }

  /** No further iteration begins; whoever says so has it look again then. */
  synchronized void stop() {
    isStopped = true;
  }

  /** As {@link #stop}, but the first iteration begins if it can. */
  synchronized void windDown() {
    isWindingDown = true;
  }

  /**
   * {@return how long the iteration that began last is under way, and how long the last one took}
   */
  synchronized long[] times() {
    long sinceBegun = begun == 0 ? 0 : run.clock().nanos() - beganAt[slot(begun)];
    return new long[] {sinceBegun, lastNanos};
  }

  /** {@return what the next iteration waits for, in words} */
  synchronized String waiting() {
    if (isOver) {
      return "has ended";
    }
    String doing = closing.doing();
    if (!doing.isEmpty()) {
      return doing;
    }
    if (underWay > 0) {
      return "iteration " + begun + " is under way";
    }
    if (isCommitting()) {
      return "waits until iteration " + begun + " is written to the journal";
    }
    return isPaused || timer != null
        ? "waits until the next iteration is due"
        : "waits to begin iteration " + (begun + 1);
  }
}
