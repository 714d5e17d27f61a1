package dev.carillon.source;

import dev.carillon.schedule.Gate;
import dev.carillon.schedule.RateLimiter;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** How many items of a source may be under way, and who waits for that. */
final class Room {
  /*
   * A place is taken and given back by CAS. Who finds none waits under the monitor, or leaves an
   * action. Nobody is missed: a waiter counts itself, or its action is set, before it looks for a
   * place once more; who gives one back does so before it looks for waiters (all volatile).
   *
   * A rate is asked when there is a place. If it refuses, a timer wakes all when it would admit.
   */
  private final int window;
  private final @Nullable RateLimiter limiter;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> action = new AtomicReference<>();
  private final LongAdder waits = new LongAdder();
  private final LongAdder waitedNanos = new LongAdder();
  private final AtomicInteger timersSet = new AtomicInteger();

  private volatile int waiters; // changed under the monitor
  private volatile boolean paused;
  private volatile boolean closed = true; // until the source is started
  private volatile @Nullable Timers timers; // while it is open

  Room(int window, @Nullable RateLimiter limiter) {
    this.window = window;
    this.limiter = limiter;
  }

  /** Lets items in, from now on. */
  void open(Timers newTimers) {
    timers = newTimers;
    closed = false;
    wake();
  }

  /** Lets nothing more in; who waits is sent away. */
  void close() {
    closed = true;
    wakeAll();
  }

  void pause(boolean isOn) {
    paused = isOn;
    if (!isOn) {
      wake();
    }
  }

  boolean isPaused() {
    return paused;
  }

  int underWay() {
    return underWay.get();
  }

  long waits() {
    return waits.sum();
  }

  Duration waited() {
    return Duration.ofNanos(waitedNanos.sum());
  }

  /** {@return whether a place was taken} */
  boolean tryTake() {
    while (true) {
      int now = underWay.get();
      if (now >= window || paused || closed) {
        return false;
      }
      if (underWay.compareAndSet(now, now + 1)) {
        if (limiter == null || admits(limiter)) {
          return true;
        }
        underWay.decrementAndGet();
        return false;
      }
    }
  }

  /**
   * Takes a place and waits for it.
   *
   * @return false if the room is closed
   */
  boolean take() throws InterruptedException {
    if (tryTake()) {
      return true;
    }
    waits.increment();
    long start = System.nanoTime();
    synchronized (this) {
      waiters++;
      try {
        while (!closed && !tryTake()) {
          wait();
        }
        return !closed;
      } finally {
        waiters--;
        waitedNanos.add(System.nanoTime() - start);
      }
    }
  }

  private boolean admits(RateLimiter limiter) {
    if (!(limiter.ask() instanceof Gate.Admission.Refused refused)) {
      return true;
    }
    Timers running = timers;
    if (running != null && timersSet.compareAndSet(0, 1)) {
      try {
        running.schedule(
            refused.retryAfter(),
            () -> {
              timersSet.set(0);
              wake();
            });
      } catch (IllegalStateException e) { // the source has just been stopped, which wakes all
        timersSet.set(0);
      }
    }
    return false;
  }

  boolean hasRoom() {
    return underWay.get() < window && !paused && !closed;
  }

  /** Gives a place back. */
  void giveBack() {
    int left = underWay.decrementAndGet();
    if (waiters > 0 || left == 0) {
      synchronized (this) {
        notifyAll();
      }
    }
    runAction();
  }

  /** Has an action run once when there is room. */
  void onRoom(Runnable newAction) {
    action.set(newAction);
    runAction();
  }

  private void runAction() {
    if (action.get() != null && hasRoom()) {
      Runnable waiting = action.getAndSet(null);
      if (waiting != null) {
        waiting.run();
      }
    }
  }

  private void wake() {
    synchronized (this) {
      notifyAll();
    }
    runAction();
  }

  /** Wakes all who wait, for a change other than a place that was given back. */
  void wakeAll() {
    synchronized (this) {
      notifyAll();
    }
  }

  /**
   * Waits until nothing is under way.
   *
   * @param overdue says when not to wait any longer; who changes it calls {@link #wakeAll}
   * @return whether nothing is
   */
  boolean awaitEmpty(Condition overdue) throws InterruptedException {
    synchronized (this) {
      while (underWay.get() > 0 && !overdue.holds()) {
        wait();
      }
      return underWay.get() == 0;
    }
  }

  /** Something that holds or does not. */
  interface Condition {
    boolean holds();
  }
}
