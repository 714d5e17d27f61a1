package dev.carillon.build;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a test waits for what must happen before it fails: far longer than anything takes that
 * works, so that only a failing test waits it out. The system property {@code carillon.patience} is
 * the time in seconds, for machines that are slower still.
 */
public final class Patience {
  /** The time after which a test gives up. */
  public static final Duration LONG =
      Duration.ofSeconds(Integer.getInteger("carillon.patience", 60));

  private static final long POLL_NANOS = 200_000;

  /** What a test waits to become true. */
  @FunctionalInterface
  public interface Condition {
    /** {@return whether it is true now} */
    boolean holds() throws Exception;
  }

  private Patience() {}

  /** Waits until {@code latch} is open; fails if it stays closed. */
  public static void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(LONG.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError(
          "the latch did not open within %s: count=%d".formatted(LONG, latch.getCount()));
    }
  }

  /** Waits until {@code condition} holds; fails, naming {@code what}, if it never does. */
  public static void until(String what, Condition condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - start > LONG.toNanos()) {
        throw new AssertionError("did not happen within %s: %s".formatted(LONG, what));
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting until " + what);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
