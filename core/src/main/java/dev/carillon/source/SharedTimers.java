package dev.carillon.source;

import dev.carillon.time.Clock;
import dev.carillon.time.Timers;
import java.util.HashMap;
import java.util.Map;

/** One set of timers for all sources that run on a clock, as long as one does. */
final class SharedTimers {
  private static final Map<Clock, SharedTimers> ALL = new HashMap<>(); // guarded by ALL

  private final Timers timers;
  private int users; // guarded by ALL

  private SharedTimers(Timers timers) {
    this.timers = timers;
  }

  /** {@return the timers of a clock; {@link #release} must follow} */
  static Timers acquire(Clock clock) {
    synchronized (ALL) {
      SharedTimers shared =
          ALL.computeIfAbsent(clock, c -> new SharedTimers(Timers.on(c, "carillon-source-timers")));
      shared.users++;
      return shared.timers;
    }
  }

  /** Lets go of the timers of a clock. */
  static void release(Clock clock) {
    SharedTimers ending = null;
    synchronized (ALL) {
      SharedTimers shared = ALL.get(clock);
      if (shared != null && --shared.users == 0) {
        ALL.remove(clock);
        ending = shared;
      }
    }
    if (ending != null) {
      ending.timers.close();
    }
  }
}
