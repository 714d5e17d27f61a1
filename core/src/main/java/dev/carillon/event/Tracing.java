package dev.carillon.event;

import dev.carillon.time.Clock;
import org.jspecify.annotations.Nullable;

/** Chooses the events that remember where they were created. */
final class Tracing {
  /*
   * The choice follows from the handle, so it costs no counter: slots and generations are handed out
   * in sequence, which makes one in so many of the events of a busy slot, and of a run of fresh
   * slots, a chosen one. Walking the stack takes microseconds; so that a hot loop does not pay for
   * that, no more than MOST_PER_SECOND are chosen in about a second unless all are to be.
   */
  private static final int MOST_PER_SECOND = 100;
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final String OURS = Tracing.class.getPackageName() + ".";

  private final boolean off;
  private final int mask;
  private final Clock clock;

  // guarded by this
  private long second;
  private int chosen;

  /**
   * @param every one in so many, rounded up to a power of two; 0 chooses none
   */
  Tracing(int every, Clock clock) {
    this.off = every == 0;
    this.mask = every <= 1 ? 0 : -1 >>> Integer.numberOfLeadingZeros(every - 1);
    this.clock = clock;
  }

  /** {@return whether the event with that raw handle is to be traced} */
  boolean chooses(long raw) {
    int turn = (int) (raw >>> 32) + (int) raw;
    return (turn & mask) == 0 && !off && (mask == 0 || withinRate());
  }

  private synchronized boolean withinRate() {
    long now = clock.coarseNanos() / Clock.COARSE_NANOS;
    if (now != second) {
      second = now;
      chosen = 0;
    }
    return ++chosen <= MOST_PER_SECOND;
  }

  /** {@return the innermost frame outside this package} */
  static @Nullable String callSite() {
    return STACK.walk(frames ->
        frames
            .filter(f -> !f.getClassName().startsWith(OURS))
            .findFirst()
            .map(f -> f.toStackTraceElement().toString())
            .orElse(null));
  }
}
