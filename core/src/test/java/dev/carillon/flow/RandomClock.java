package dev.carillon.flow;

import dev.carillon.time.Clock;
import dev.carillon.time.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that moves a little whenever somebody looks at it, so that who gives way after a while
 * does; its alarms ring only when it is moved.
 */
final class RandomClock implements Clock {
  private static final long TICK = 1_000_000;

  private final ManualClock manual = new ManualClock();
  private final AtomicLong ticks = new AtomicLong();

  void advance(Duration by) {
    manual.advance(by);
  }

  @Override
  public long nanos() {
    return manual.nanos() + ticks.addAndGet(TICK);
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
