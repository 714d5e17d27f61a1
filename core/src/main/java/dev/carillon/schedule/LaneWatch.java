package dev.carillon.schedule;

import dev.carillon.time.Timer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the calls of a lane's handler, one after another, each of which may take only so
 * long.
 *
 * @param <T> type of the items
 */
final class LaneWatch<T> {
  /*
   * A call is under way, then perhaps interrupted, then perhaps abandoned; it ends from any of the
   * three. Each step is taken under the monitor. So a call that returns just as it is given up is
   * either over or abandoned, and whoever made it that owns the lane from then on; and no interrupt
   * comes after the end, which clears the mark of the one before. A call is known by its object: an
   * abandoned one that ends while another is under way leaves that alone.
   *
   * One timer is enough, as there is one call at a time. A call that finds none sets it; it looks at
   * the call that is under way when it rings, and is set anew for the time at which something is to
   * be done about that one. If none is under way, it is not. So a busy lane sets a timer once per
   * timeout, however many batches that is, and a lane that has become idle has none when the last
   * has rung.
   */

  /** What became of a call. */
  enum Outcome {
    /** It returned before it was interrupted. */
    IN_TIME,
    /** It returned after that. */
    TIMED_OUT,
    /** It was given up before it returned. */
    ABANDONED
  }

  /** Whom a watch works for. */
  interface Owner<T> {
    long now();

    /** {@return a timer, or null if there are none any more} */
    @Nullable Timer schedule(long nanos, Runnable action);

    /**
     * Told of a call that is about to be interrupted, on the timer's thread, without the monitor.
     */
    void overdue(List<T> batch);

    /** Told once of a call that was given up, on the timer's thread, without the monitor. */
    void abandon(List<T> batch, long start);
  }

  /** A call of the handler. */
  static final class Call<T> {
    private final List<T> batch;
    private final long start;
    private final Thread thread = Thread.currentThread();

    // guarded by the watch
    private long due; // when the next step is to be taken
    private Outcome outcome = Outcome.IN_TIME; // if it ended now

    private Call(List<T> batch, long start, long due) {
      this.batch = batch;
      this.start = start;
      this.due = due;
    }
  }

  private final long timeout;
  private final long grace;
  private final Owner<T> owner;

  // guarded by this
  private @Nullable Call<T> underWay;
  private @Nullable Timer timer;

  LaneWatch(long timeout, long grace, Owner<T> owner) {
    this.timeout = timeout;
    this.grace = grace;
    this.owner = owner;
  }

  /** Begins a call on the calling thread. */
  synchronized Call<T> begin(List<T> batch, long now) {
    var call = new Call<>(batch, now, now + timeout);
    underWay = call;
    if (timer == null) {
      set(timeout);
    }
    return call;
  }

  /** Ends a call, on its thread: {@return what became of it} */
  synchronized Outcome end(Call<T> call) {
    if (call.outcome != Outcome.IN_TIME) {
      Thread.interrupted(); // the call's, not the thread's
    }
    if (call.outcome != Outcome.ABANDONED) {
      underWay = null;
    }
    return call.outcome;
  }

  /** Takes the timer off, until the next call. */
  synchronized void rest() {
    if (underWay == null && timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void set(long nanos) {
    timer = owner.schedule(nanos, this::look);
  }

  /** Takes the next step with the call that is under way, if its time has come. */
  void look() {
    Call<T> late = late();
    if (late != null) {
      owner.overdue(late.batch);
    }
    Call<T> given = step();
    if (given != null) {
      owner.abandon(given.batch, given.start);
    }
  }

  private synchronized @Nullable Call<T> late() {
    Call<T> call = underWay;
    return call == null || call.outcome != Outcome.IN_TIME || owner.now() < call.due ? null : call;
  }

  private synchronized @Nullable Call<T> step() {
    timer = null;
    Call<T> call = underWay;
    if (call == null) {
      return null;
    }
    long now = owner.now();
    if (now < call.due) {
      set(call.due - now);
      return null;
    }
    if (call.outcome == Outcome.IN_TIME) {
      call.outcome = Outcome.TIMED_OUT;
      call.due = now + grace;
      call.thread.interrupt();
      set(grace);
      return null;
    }
    call.outcome = Outcome.ABANDONED;
    underWay = null;
    return call;
  }
}
