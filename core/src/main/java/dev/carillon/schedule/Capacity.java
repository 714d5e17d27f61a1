package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** How many tasks a scheduler holds, and those who wait for that to change. */
final class Capacity {
  /*
   * Whoever waits publishes an event first and looks at the count after; whoever changes the count
   * does that first and takes the event after, to trigger it. So nobody waits for a change that has
   * happened.
   */
  private final EventSystem events;
  private final int most;
  private final AtomicInteger held = new AtomicInteger();
  private final AtomicReference<@Nullable Event> room = new AtomicReference<>();
  private final AtomicReference<@Nullable Event> idle = new AtomicReference<>();

  Capacity(EventSystem events, int most) {
    this.events = events;
    this.most = most;
  }

  int held() {
    return held.get();
  }

  /** {@return whether there was room for one more, which now is taken} */
  boolean take(boolean mayWait) {
    if (tryTake()) {
      return true;
    }
    boolean interrupted = false;
    try {
      while (mayWait && !interrupted) {
        Event change = awaited(room);
        if (tryTake()) {
          return true;
        }
        try {
          change.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean tryTake() {
    for (int old = held.get(); old < most; old = held.get()) {
      if (held.compareAndSet(old, old + 1)) {
        return true;
      }
    }
    return false;
  }

  void giveBack() {
    int left = held.decrementAndGet();
    tell(room);
    if (left == 0) {
      tell(idle);
    }
  }

  private static void tell(AtomicReference<@Nullable Event> waiting) {
    if (waiting.get() != null) {
      Event change = waiting.getAndSet(null);
      if (change != null) {
        change.tryTrigger();
      }
    }
  }

  private Event awaited(AtomicReference<@Nullable Event> waiting) {
    while (true) {
      Event known = waiting.get();
      if (known != null) {
        return known;
      }
      Event made = events.newEvent("capacity of the scheduler");
      if (waiting.compareAndSet(null, made)) {
        return made;
      }
      made.tryTrigger();
    }
  }

  boolean awaitIdle(Duration timeout) throws InterruptedException {
    long deadline = events.config().clock().nanos() + LocalScheduler.nanos(timeout);
    while (true) {
      Event change = awaited(idle);
      if (held.get() == 0) {
        tell(idle);
        return true;
      }
      long left = deadline - events.config().clock().nanos();
      if (!change.await(Duration.ofNanos(left))) {
        return held.get() == 0;
      }
    }
  }
}
