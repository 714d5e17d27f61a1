package dev.carillon.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** The threads of a simulation whose tasks may wait. */
final class WaitingThreads {
  /*
   * Each turn has a virtual thread of its own, and the simulation goes on when that has ended or
   * waits. A virtual thread that was woken says at once that it runs, even before it has a carrier;
   * a platform thread says so only when it is on a processor. So a look at the states tells whether
   * anything is under way. One thread may wake another behind the eye of a look that goes from one
   * to the next; hence a few looks must find all at rest, one after another.
   */
  private static final int LOOKS = 3;

  private static final long POLL_NANOS = 5_000;

  // changed by the simulation's thread only; before a thread is started it is there
  private final List<Thread> threads = new CopyOnWriteArrayList<>();

  /** Runs a turn until it ends or waits, with all that it wakes. */
  Thread run(String name, Runnable turn) {
    Thread thread = Thread.ofVirtual().name(name).unstarted(turn);
    threads.add(thread);
    thread.start();
    settle();
    return thread;
  }

  /** Returns when every thread has ended or waits. */
  void settle() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException(
          "a simulated task must not move the simulation: thread=" + Thread.currentThread());
    }
    int looks = 0;
    while (looks < LOOKS) {
      looks = areAtRest() ? looks + 1 : 0;
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private boolean areAtRest() {
    threads.removeIf(thread -> thread.getState() == Thread.State.TERMINATED);
    for (Thread thread : threads) {
      Thread.State state = thread.getState();
      if (state != Thread.State.WAITING && state != Thread.State.TIMED_WAITING) {
        return false;
      }
    }
    return true;
  }

  /** Interrupts those that wait, and lets go of them. */
  void abandon() {
    threads.forEach(Thread::interrupt);
    threads.clear();
  }
}
