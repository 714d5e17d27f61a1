package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** How many tasks a scheduler holds, and those who wait for that to change. */
final class Capacity {
  private final EventSystem events;
  private final int most;
  private final AtomicInteger held = new AtomicInteger();
  private final Signal room;
  private final Signal idle;

  Capacity(EventSystem events, int most) {
    this.events = events;
    this.most = most;
    this.room = new Signal(events, "capacity of the scheduler");
    this.idle = new Signal(events, "capacity of the scheduler");
  }

  int held() {
    return held.get();
  }

  /** Waits for room: {@return true if it is taken; false if the thread was interrupted first} */
  boolean take() {
    boolean interrupted = false;
    try {
      while (!interrupted) {
        Event change = room.next();
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

  /** {@return whether there was room for one more, which now is taken} */
  boolean tryTake() {
    for (int old = held.get(); old < most; old = held.get()) {
      if (held.compareAndSet(old, old + 1)) {
        return true;
      }
    }
    return false;
  }

  void giveBack() {
    int left = held.decrementAndGet();
    room.tell();
    if (left == 0) {
      idle.tell();
    }
  }

  boolean awaitIdle(Duration timeout) throws InterruptedException {
    long deadline = events.config().clock().nanos() + Nanos.ahead(timeout);
    while (true) {
      Event change = idle.next();
      if (held.get() == 0) {
        idle.tell();
        return true;
      }
      long left = deadline - events.config().clock().nanos();
      if (!change.await(Duration.ofNanos(left))) {
        return held.get() == 0;
      }
    }
  }
}
