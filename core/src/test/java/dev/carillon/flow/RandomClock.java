package dev.carillon.flow;

import dev.carillon.time.Clock;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that moves a little whenever somebody looks at it, so that who gives way after a while
 * does; its alarms ring only when it is moved, then all that are due by what it has shown.
 */
final class RandomClock implements Clock {
  private static final long TICK = 1_000_000;
  private static final long LATE = 256 * TICK;

  private final ManualClock manual = new ManualClock(); // behind what was shown
  private final AtomicLong shown = new AtomicLong();

  void advance(Duration by) {
    manual.advanceTo(shown.get() + by.toNanos());
  }

  /**
   * {@return whether alarms may be so late that who is always busy would keep them from ringing}
   */
  boolean isLate() {
    return shown.get() - manual.nanos() > LATE;
  }

  @Override
  public long nanos() {
    return shown.updateAndGet(before -> Math.max(before, manual.nanos()) + TICK);
  }

  @Override
  public Instant now() {
    return manual.now();
  }

  @Override
  public Alarm alarm(String name, Runnable ring) {
    return manual.alarm(name, ring);
  }
}
