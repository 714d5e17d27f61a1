package dev.carillon.source;

import dev.carillon.schedule.Gate;
import dev.carillon.schedule.RateLimiter;
import dev.carillon.time.Timers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** How many items of one run of a source may be under way, and who waits for that. */
final class Room {
  /*
   * A place is taken and given back by CAS. Besides, the room can be shut, for reasons that are the
   * bits of one word. Who finds no place waits under a monitor, or leaves an action. Nobody is
   * missed: a waiter counts itself, or its action is set, before it looks for a place once more; who
   * gives one back, or takes a reason away, does so before it looks for waiters (all volatile).
   *
   * Who takes a place looks for CLOSED again after its CAS, and who closes the room looks at the
   * places after it has: so nothing comes in behind one who has closed the room and seen it empty.
   *
   * A rate is asked when there is a place. If it refuses, the room is THROTTLED until a timer takes
   * that away, so that a source that tries again at once does not go round in circles.
   */
  private static final int CLOSED = 1;
  private static final int PAUSED = 1 << 1;
  private static final int THROTTLED = 1 << 2;

  /** A bound on how many may come in a time, and what wakes those who wait for that. */
  record Rate(RateLimiter limiter, Timers timers) {}

  /** How often somebody had to wait, and how long, in all the rooms of a source. */
  static final class Waited {
    final LongAdder times = new LongAdder();
    final LongAdder nanos = new LongAdder();
  }

  private final int window;
  private final @Nullable Rate rate;
  private final Waited waited;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger shut = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> action = new AtomicReference<>();
  private final AtomicInteger waiters = new AtomicInteger(); // for a place
  private final AtomicInteger drainers = new AtomicInteger(); // until nothing is under way
  private final Object places = new Object(); // monitor of the waiters
  private final Object drained = new Object(); // monitor of the drainers

  Room(int window, @Nullable Rate rate, Waited waited) {
    this.window = window;
    this.rate = rate;
    this.waited = waited;
  }

  /** Lets nothing more in, for ever; who waits is sent away. */
  void close() {
    shut(CLOSED, true);
    action.set(null);
  }

  void pause(boolean isOn) {
    shut(PAUSED, isOn);
  }

  private void shut(int reason, boolean isOn) {
    shut.updateAndGet(now -> isOn ? now | reason : now & ~reason);
    if (!isOn || reason == CLOSED) {
      wakeAll();
      runAction();
    }
  }

  int underWay() {
    return underWay.get();
  }

  /** {@return whether a place was taken} */
  boolean tryTake() {
    while (true) {
      int now = underWay.get();
      if (now >= window || shut.get() != 0) {
        return false;
      }
      if (underWay.compareAndSet(now, now + 1)) {
        if ((shut.get() & CLOSED) == 0 && (rate == null || admits(rate))) {
          return true;
        }
        giveBack();
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
    return tryTake() || (!isClosed() && await());
  }

  private boolean await() throws InterruptedException {
    waited.times.increment();
    long start = System.nanoTime();
    waiters.incrementAndGet();
    try {
      while (true) {
        if (tryTake()) {
          return true;
        }
        synchronized (places) {
          while (!hasRoom() && !isClosed()) {
            places.wait();
          }
        }
        if (isClosed()) {
          return false;
        }
      }
    } finally {
      waiters.decrementAndGet();
      waited.nanos.add(System.nanoTime() - start);
    }
  }

  private boolean isClosed() {
    return (shut.get() & CLOSED) != 0;
  }

  private boolean admits(Rate bound) {
    if (!(bound.limiter.ask() instanceof Gate.Admission.Refused refused)) {
      return true;
    }
    int before = shut.getAndUpdate(now -> now | THROTTLED);
    if ((before & THROTTLED) == 0) {
      goOnAfter(refused.retryAfter(), bound.timers);
    }
    return false;
  }

  private void goOnAfter(Duration time, Timers timers) {
    try {
      timers.schedule(time, () -> shut(THROTTLED, false));
    } catch (IllegalStateException e) { // the source has ended, which has closed the room
      shut(CLOSED, true);
    }
  }

  boolean hasRoom() {
    return underWay.get() < window && shut.get() == 0;
  }

  /** Gives a place back. */
  void giveBack() {
    int left = underWay.decrementAndGet();
    if (waiters.get() > 0) {
      synchronized (places) {
        places.notify(); // if that one finds the place taken again, whoever has it gives it back
      }
    }
    if (left == 0 && drainers.get() > 0) {
      synchronized (drained) {
        drained.notifyAll();
      }
    }
    runAction();
  }

  /** Has an action run once when there is room, in place of one that waits for that. */
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

  /** Wakes all who wait, for a change other than a place that was given back. */
  void wakeAll() {
    synchronized (places) {
      places.notifyAll();
    }
    synchronized (drained) {
      drained.notifyAll();
    }
  }

  /**
   * Waits until nothing is under way.
   *
   * @param overdue says when not to wait any longer; who changes it calls {@link #wakeAll} or
   *     {@link #close}
   * @return whether nothing is
   */
  boolean awaitEmpty(BooleanSupplier overdue) throws InterruptedException {
    drainers.incrementAndGet();
    try {
      synchronized (drained) {
        while (underWay.get() > 0 && !overdue.getAsBoolean()) {
          drained.wait();
        }
        return underWay.get() == 0;
      }
    } finally {
      drainers.decrementAndGet();
    }
  }
}
