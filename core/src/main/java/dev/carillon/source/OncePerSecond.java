package dev.carillon.source;

import java.util.concurrent.atomic.AtomicLong;

/** Says yes once a second at most, so that a flood of failures is not one of lines in the log. */
final class OncePerSecond {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong last = new AtomicLong(System.nanoTime() - SECOND);

  boolean isDue() {
    long now = System.nanoTime();
    long before = last.get();
    return now - before >= SECOND && last.compareAndSet(before, now);
  }
}
