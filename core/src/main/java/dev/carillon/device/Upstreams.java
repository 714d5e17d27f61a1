package dev.carillon.device;

import org.jspecify.annotations.Nullable;

/** What a stream was told to wait for, as far as it may yet decide how its events end. */
final class Upstreams {
  /*
   * What has succeeded is dropped, and what was waited for after something that failed, which stays
   * until recover(). To find that out costs a look at each, so it is done when there are twice as many
   * as were left by the last time, for a wait, with asking drivers; and when as many events were
   * recorded as there are, without. So it is empty in a stream that waits for nothing, and else in
   * proportion to what is pending, and each wait and event pays for a look or two.
   */
  private static final int FEW = 8; // waits that are not worth a look

  // guarded by this
  private @Nullable Waited all;
  private int worthAsking = FEW; // how many are
  private int sinceLook; // events recorded since they were looked at

  /** {@return these, for an event that is recorded behind them} Asks nobody. */
  synchronized @Nullable Waited forEvent() {
    if (all != null && ++sinceLook >= all.size()) {
      all = Waited.pruned(all);
      sinceLook = 0;
    }
    return all;
  }

  void add(Upstream awaited) {
    Waited asked = null;
    synchronized (this) {
      all = Waited.and(all, awaited);
      if (all.size() > worthAsking) {
        asked = all;
        worthAsking = 2 * all.size(); // nobody else asks meanwhile
      }
    }
    if (asked != null) {
      Waited.poll(asked); // asks drivers, so not under the monitor
      synchronized (this) {
        all = Waited.pruned(all);
        worthAsking = Math.max(FEW, all == null ? 0 : 2 * all.size());
      }
    }
  }

  /** Forgets something that is not waited for after all. */
  synchronized void remove(Upstream awaited) {
    all = Waited.without(all, awaited);
  }

  /** Forgets all. */
  synchronized void clear() {
    all = null;
  }

  /** {@return the failure of what comes behind them; null if none is known} Asks drivers. */
  @Nullable Throwable failure() {
    Waited known;
    synchronized (this) {
      known = all;
    }
    Waited.poll(known);
    return Waited.failure(known);
  }
}
