package dev.carillon.source;

import dev.carillon.time.Timer;
import dev.carillon.time.Timers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Notices that nothing comes in one run of a source, for some time. */
final class IdleWatch {
  /*
   * A timer compares the number of items with that of the last look, so an item costs nothing. Who
   * makes the source idle looks at the number once more, and who takes an item in counts it before
   * it looks at the state: one of the two sees the other.
   */
  private static final System.Logger LOG = System.getLogger("dev.carillon.source");

  private final Timers timers;
  private final Duration after;
  private final LongSupplier taken;
  private final LongConsumer idle;

  // guarded by this
  private @Nullable Timer timer;
  private boolean ended;

  /** Watches a number; {@code idle} is told it when it has not changed for so long. */
  IdleWatch(Timers timers, Duration after, LongSupplier taken, LongConsumer idle) {
    this.timers = timers;
    this.after = after;
    this.taken = taken;
    this.idle = idle;
  }

  /** Begins to watch, or begins anew. */
  synchronized void start() {
    long before = taken.getAsLong();
    if (timer != null) {
      timer.cancel();
    }
    timer = null;
    if (ended) {
      return;
    }
    try {
      timer = timers.schedule(after, () -> look(before));
    } catch (IllegalStateException e) { // the source has just been stopped
      LOG.log(Level.TRACE, "no watch for idleness", e);
    }
  }

  private void look(long before) {
    if (taken.getAsLong() == before) {
      idle.accept(before);
    } else {
      start();
    }
  }

  /** Ends it for good. */
  synchronized void end() {
    ended = true;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
