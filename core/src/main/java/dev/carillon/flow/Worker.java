package dev.carillon.flow;

import dev.carillon.schedule.Work;
import dev.carillon.time.Clock;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A thread's stay in a run: it calls the work of parts, one after another. */
abstract class Worker {
  /*
   * phase counts: even between parts, odd while one is called, ABANDONED for ever after it was given
   * up. The thread goes from odd to even by a compare-and-set, and whoever gives it up goes from odd
   * to ABANDONED by one; so exactly one of them goes on from that part. The thread that lost returns
   * from the worker and touches nothing of the run.
   *
   * Interrupting and leaving exclude each other by the monitor, so that no interrupt hits what the
   * thread does afterwards.
   *
   * What cleans up is called the same way. It is mostly called because the run is being cancelled, so
   * it has a time of its own before it is interrupted, from when it was first seen.
   *
   * All code of users but the work of parts is called by ask() and cleanUp(). What it says is made
   * known only to a thread that goes on, so one that was given up has nothing to go by.
   */
  enum Kind {
    QUESTION,
    ATTEMPT,
    CLEANUP
  }

  /** Code of users: guards, checks, conditions, what cleans up. */
  @FunctionalInterface
  interface Question<T> {
    T answer() throws Exception;
  }

  private static final VarHandle PHASE;
  private static final int ABANDONED = -1;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(Worker.class, "phase", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by its handle
  private int phase;

  // written by the thread while between parts, read once a phase was seen
  private int cell;
  private Kind kind = Kind.QUESTION;
  private long began; // of an attempt, in a run whose timeline is kept

  // only the thread
  private boolean isEntered;
  private @Nullable SpanLog log; // if the run's timeline is kept
  private long latest; // when the latest attempt ended
  private boolean isJustNow; // whether that is a moment ago

  private @Nullable Thread thread; // guarded by this
  private boolean wasInterrupted; // guarded by this

  // only whoever looks after the run
  private int seen; // the phase at the last look
  private long seenAt; // when it was seen first
  private boolean wasAsked; // to leave

  /** Takes a cell whose edges have all arrived. */
  abstract void ready(int readyCell);

  /**
   * A thread begins its stay.
   *
   * @param recorder of the run's timeline, if that is kept
   */
  final void enter(@Nullable TimelineRecorder recorder) {
    synchronized (this) {
      thread = Thread.currentThread();
    }
    isEntered = true;
    log = recorder == null ? null : recorder.take();
  }

  final void leave(@Nullable TimelineRecorder recorder) {
    if (recorder != null && log != null) {
      recorder.giveBack(log);
    }
    isEntered = false;
    synchronized (this) {
      thread = null;
      if (wasInterrupted) {
        Thread.interrupted(); // ours: nothing of whoever is next on this thread
      }
    }
  }

  /** {@return whether it is looked after now; only its own thread} */
  final boolean isEntered() {
    return isEntered;
  }

  /**
   * Asks something of users' code for a cell: {@return what it says, or throws; null if this thread
   * was given up at that, and goes on no more}
   */
  final <T> @Nullable Result<T> ask(int ofCell, Question<T> question) {
    return call(ofCell, Kind.QUESTION, question);
  }

  /** The same of what cleans up. */
  final @Nullable Result<Done> cleanUp(int ofCell, Work cleanup) {
    return call(
        ofCell,
        Kind.CLEANUP,
        () -> {
          cleanup.run();
          return Done.DONE;
        });
  }

  <T> @Nullable Result<T> call(int ofCell, Kind ofKind, Question<T> question) {
    Result<T> said;
    isJustNow = false;
    begin(ofCell, ofKind);
    try {
      said = new Result.Ok<>(question.answer());
    } catch (Throwable e) { // an Error, too, is the user's
      said = new Result.Err<>(e);
    }
    return end() ? said : null;
  }

  /** What comes next was not made possible by this worker, just now. */
  final void comesFromElsewhere() {
    isJustNow = false;
  }

  /** The work of a part is about to be called. */
  final void beginAttempt(int ofCell, Clock clock) {
    if (log != null) {
      began = isJustNow ? latest : clock.nanos(); // a look at the clock is dear
    }
    begin(ofCell, Kind.ATTEMPT);
  }

  final void begin(int ofCell, Kind ofKind) {
    cell = ofCell;
    kind = ofKind;
    PHASE.setRelease(this, (int) PHASE.get(this) + 1 & Integer.MAX_VALUE); // pairs with look()
  }

  /** A part has been called: {@return whether this thread goes on from it} */
  final boolean end() {
    Thread.interrupted(); // the part's own, if it has interrupted its thread: not of the next one
    int now = (int) PHASE.getOpaque(this);
    return now != ABANDONED && PHASE.compareAndSet(this, now, now + 1 & Integer.MAX_VALUE);
  }

  /** The work of a part has been called, and this thread goes on from it. */
  final void attempted(UnitRun unit, int node, long iteration, boolean ok) {
    if (log != null) {
      latest = unit.run.clock().nanos();
      isJustNow = true;
      log.add(unit.plan.index, node, iteration, 1, ok, began, latest);
    }
  }

  /** Notes what it was at when it was given up; only by who gave it up. */
  final void noteGivenUp(UnitRun unit, int node, long iteration) {
    TimelineRecorder recorder = unit.run.recorder();
    if (recorder != null && kind == Kind.ATTEMPT) {
      recorder.givenUp(unit, node, iteration, 1, began, threadNow());
    }
  }

  private synchronized @Nullable Thread threadNow() {
    return thread;
  }

  /** {@return whether it was given up while it called a part; only of one that was given up} */
  final boolean leftAnAttempt() {
    return kind == Kind.ATTEMPT;
  }

  /** {@return whether it was given up: only the worker's own thread, after a call} */
  final boolean isGivenUp() {
    return (int) PHASE.getOpaque(this) == ABANDONED;
  }

  /**
   * Looks after a worker of a run that is being cancelled: interrupts it if it calls a part, and
   * gives it up if it was at that part at the last look already. What cleans up has its time first.
   *
   * @param cleanup how long what cleans up may take, in nanoseconds
   * @return the cell to go on from; -1 if it was not given up
   */
  final int look(Clock clock, long cleanup) {
    int now = (int) PHASE.getAcquire(this); // pairs with begin()
    if (now == ABANDONED || (now & 1) == 0) {
      return -1;
    }
    int at = cell;
    boolean hasTime = kind == Kind.CLEANUP;
    if (now != seen) {
      seen = now;
      seenAt = clock.nanos();
      wasAsked = false;
    }
    if (hasTime && clock.nanos() - seenAt < cleanup) {
      return -1;
    }
    if (wasAsked && PHASE.compareAndSet(this, now, ABANDONED)) {
      return at;
    }
    wasAsked = true;
    interrupt(now);
    return -1;
  }

  private synchronized void interrupt(int at) {
    if (thread != null && (int) PHASE.getAcquire(this) == at) {
      wasInterrupted = true;
      thread.interrupt();
    }
  }
}
