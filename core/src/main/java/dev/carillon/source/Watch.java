package dev.carillon.source;

import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Cuts the connection of a thread that waits too long for its peer. */
final class Watch {
  /*
   * The work of a thread on one request is a row of phases; some have a deadline. The thread and the
   * timer of a phase both try to replace the phase's number: the thread by the next one, the timer
   * by EXPIRED. If the timer wins it interrupts the thread. That closes the channel in which it
   * waits, or the next one it would wait in, since channels are closed by an interrupt; and the
   * thread learns of it when it tries to go on. If the thread wins, the timer does nothing; so no
   * interrupt hits a later phase, in which a handler of the user's may run.
   */
  private static final int EXPIRED = -1;

  private final Timers timers;
  private final Thread thread;
  private final Runnable onExpiry;
  private final AtomicInteger phase = new AtomicInteger();

  private @Nullable Timer timer; // of this phase; used by the thread only

  /** Makes one for the calling thread. */
  Watch(Timers timers, Runnable onExpiry) {
    this.timers = timers;
    this.thread = Thread.currentThread();
    this.onExpiry = onExpiry;
  }

  /** Begins a phase with a deadline, which is told when it passes. */
  void begin(Duration within) throws IOException {
    begin(within, onExpiry);
  }

  /** Begins a phase with a deadline by which nobody has done anything wrong. */
  void linger(Duration within) throws IOException {
    begin(within, () -> {});
  }

  private void begin(Duration within, Runnable told) throws IOException {
    int now = next();
    timer = timers.schedule(within, () -> expire(now, told));
  }

  /** Begins a phase without one. */
  void rest() throws IOException {
    next();
  }

  private int next() throws IOException {
    int last = phase.get();
    if (last == EXPIRED || !phase.compareAndSet(last, last + 1)) {
      throw new InterruptedIOException("the connection was too slow, and is closed");
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    return last + 1;
  }

  private void expire(int expired, Runnable told) {
    if (phase.compareAndSet(expired, EXPIRED)) {
      thread.interrupt();
      told.run();
    }
  }

  /** The thread has nothing more to do. */
  void end() {
    if (phase.getAndSet(EXPIRED) != EXPIRED && timer != null) {
      timer.cancel();
    }
  }
}
