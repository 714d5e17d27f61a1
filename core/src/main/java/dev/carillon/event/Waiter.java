package dev.carillon.event;

import dev.carillon.time.Clock;
import dev.carillon.time.Timer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that blocks until an event is complete. */
final class Waiter {
  /*
   * The thread parks until `done`, which is written before it is unparked; parking may end for no
   * reason and is repeated. On a timeout or an interrupt the thread removes its waiter. If that
   * fails, the event is complete and somebody is about to set `done`, perhaps after long listeners:
   * after a timeout the thread does not wait for that but asks the event for its outcome; an
   * interrupt is reported all the same.
   *
   * A real clock's timeouts are timed by the park itself. With any other clock a timer on the wheel
   * ends the wait, so that time which stands still does not run out.
   */
  final Thread thread = Thread.currentThread();
  private final EventCore core;
  private final long event;
  private @Nullable Poison poison; // written before done
  private volatile boolean done;
  private volatile boolean expired;

  private Waiter(EventCore core, long event) {
    this.core = core;
    this.event = event;
  }

  /** {@return whether the event was triggered; false if the time passed first} */
  static boolean await(EventCore core, long event, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before waiting for " + core.handle(event));
    }
    EventStatus status = core.status(event);
    if (status == EventStatus.PENDING) {
      if (nanos <= 0) {
        return false;
      }
      var waiter = new Waiter(core, event);
      long registration = core.waitlist.add(event, waiter);
      if (registration != 0) {
        return waiter.block(registration, nanos);
      }
      status = core.status(event);
    }
    if (status == EventStatus.POISONED) {
      Poison why = core.poisonOf(event);
      throw new PoisonedException(java.util.Objects.requireNonNull(why));
    }
    return true;
  }

  private boolean block(long registration, long nanos) throws InterruptedException {
    var record = new LongPendingEvent();
    @Nullable Runnable goingOn = core.observers.blocking(core, event);
    record.begin();
    boolean completed;
    try {
      completed = park(registration, nanos);
    } finally {
      if (goingOn != null) {
        goingOn.run();
      }
    }
    record.end();
    if (record.shouldCommit()) {
      record.commit(core.name(), core.handle(event).toString());
    }
    Poison why = !completed ? null : done ? poison : core.poisonOf(event);
    if (why != null) {
      throw new PoisonedException(why);
    }
    return completed;
  }

  private boolean park(long registration, long nanos) throws InterruptedException {
    Clock clock = core.config().clock();
    if (nanos >= Long.MAX_VALUE / 2) {
      parkUntilDone(registration);
      return true;
    }
    if (clock.isReal()) {
      return parkUntil(registration, clock.nanos() + nanos, clock);
    }
    Timer timer = startTimer(nanos);
    try {
      return parkUntilDone(registration);
    } finally {
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  private @Nullable Timer startTimer(long nanos) {
    try {
      return core.timers().schedule(Duration.ofNanos(nanos), this::expire);
    } catch (IllegalStateException e) {
      if (core.isShutdown()) {
        return null; // shutdown ends the wait
      }
      throw e;
    }
  }

  private boolean parkUntil(long registration, long deadline, Clock clock)
      throws InterruptedException {
    while (!done) {
      long left = deadline - clock.nanos();
      if (left <= 0) {
        return !core.waitlist.remove(event, registration);
      }
      LockSupport.parkNanos(this, left);
      throwIfInterrupted(registration);
    }
    return true;
  }

  /** {@return true; false if {@link #expire} came first} */
  private boolean parkUntilDone(long registration) throws InterruptedException {
    while (!done) {
      if (expired) {
        return !core.waitlist.remove(event, registration);
      }
      LockSupport.park(this);
      throwIfInterrupted(registration);
    }
    return true;
  }

  private void throwIfInterrupted(long registration) throws InterruptedException {
    if (Thread.interrupted()) {
      core.waitlist.remove(event, registration);
      throw new InterruptedException("interrupted while waiting for " + core.handle(event));
    }
  }

  /** Ends the wait: the event is complete. */
  void wake(@Nullable Poison why) {
    poison = why;
    done = true;
    LockSupport.unpark(thread);
  }

  private void expire() {
    expired = true;
    LockSupport.unpark(thread);
  }

  /** {@return what a thread dump shows as the thing the thread is parked on} */
  @Override
  public String toString() {
    return core.describe(event);
  }
}
