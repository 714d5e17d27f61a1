package dev.carillon.source;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Gives items to an outlet that may wait, for those who may not: on a virtual thread of its own.
 */
final class Pump<T> {
  /*
   * The window bounds the queue: an item under way is in it once at most. `left` counts those that
   * were put in and have not been through the outlet yet; who finds none, and has put all of its own
   * in before, may give an item itself without passing one. The thread is ended by a flag alone; an
   * interrupt is for what it gives out, and what a handler leaves of it is cleared.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final LocalIntake<T> intake;

  // guarded by this
  private final ArrayDeque<Passage<T>> queue = new ArrayDeque<>();
  private @Nullable Thread thread;
  private boolean ended;

  private volatile int left; // written under this

  Pump(LocalIntake<T> intake) {
    this.intake = intake;
  }

  void put(Passage<T> passage) {
    synchronized (this) {
      if (!ended) {
        if (thread == null) {
          thread =
              Thread.ofVirtual()
                  .name("carillon-source-" + intake.config().name() + "-outlet")
                  .start(this::run);
        }
        queue.add(passage);
        left++;
        notifyAll();
        return;
      }
    }
    passage.failed(LocalIntake.stopped());
  }

  private void run() {
    for (Passage<T> next = take(); next != null; next = take()) {
      intake.give(next);
      given();
    }
  }

  private synchronized void given() {
    left--;
  }

  /** {@return whether all that was put in has been through the outlet} */
  boolean isEmpty() {
    return left == 0;
  }

  /** {@return the next to give out; null if that has ended} */
  private synchronized @Nullable Passage<T> take() {
    while (!ended) {
      Passage<T> next = queue.poll();
      if (next != null) {
        return next;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        LOG.log(Level.TRACE, "what a handler has left, or end(), which sets the flag", e);
      }
    }
    return null;
  }

  /** Interrupts what is being given out, and drops the rest: who calls this fails them. */
  synchronized void end() {
    ended = true;
    queue.clear();
    if (thread != null) {
      thread.interrupt();
    }
    notifyAll();
  }

  /** {@return whether the calling thread is the one that gives out} */
  synchronized boolean isThis() {
    return Thread.currentThread().equals(thread);
  }
}
