package dev.carillon.flow;

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
   */
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

  private int cell; // written by the thread while between parts, read once a phase was seen

  private @Nullable Thread thread; // guarded by this
  private boolean wasInterrupted; // guarded by this

  private int seen; // the phase at the last look; only whoever looks after the run

  /** Takes a cell whose edges have all arrived. */
  abstract void ready(int readyCell);

  final synchronized void enter() {
    thread = Thread.currentThread();
  }

  final synchronized void leave() {
    thread = null;
    if (wasInterrupted) {
      Thread.interrupted(); // ours: nothing of whoever is next on this thread
    }
  }

  /** A part is about to be called. */
  final void begin(int ofCell) {
    cell = ofCell;
    PHASE.setRelease(this, (int) PHASE.get(this) + 1 & Integer.MAX_VALUE); // pairs with look()
  }

  /** A part has been called: {@return whether this thread goes on from it} */
  final boolean end() {
    Thread.interrupted(); // the part's own, if it has interrupted its thread: not of the next one
    int now = (int) PHASE.getOpaque(this);
    return now != ABANDONED && PHASE.compareAndSet(this, now, now + 1 & Integer.MAX_VALUE);
  }

  /**
   * Looks after a worker of a run that is being cancelled: interrupts it if it calls a part, and
   * gives it up if it was at that part at the last look already.
   *
   * @return the cell to go on from; -1 if it was not given up
   */
  final int look() {
    int now = (int) PHASE.getAcquire(this); // pairs with begin()
    if (now == ABANDONED || (now & 1) == 0) {
      return -1;
    }
    int at = cell;
    if (now == seen && PHASE.compareAndSet(this, now, ABANDONED)) {
      return at;
    }
    seen = now;
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
