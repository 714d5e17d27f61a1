package dev.carillon.device;

import org.jspecify.annotations.Nullable;

/** What a stream was told to wait for, as far as it may yet decide how its events end. */
final class Upstreams {
  /*
   * What has succeeded is dropped, and what was waited for after something that failed, which stays
   * until recover(). To find that out costs a look at each, so it is done when there are twice as
   * many as were left by the last time, for a wait, with asking drivers; and when as many events were
   * recorded as there are, and FEW at least, without. So it is empty in a stream that waits for
   * nothing, and else in proportion to what is pending, and each wait and event pays for a look or
   * two.
   */
  private static final int FEW = 8; // waits that are not worth a look

  // guarded by this
  private @Nullable Waited all;
  private int worthAsking = FEW; // how many are
  private int sinceLook; // events recorded since they were looked at
  private @Nullable Earlier last; // event; null if it went well, or that does not matter

  /**
   * {@return these, for an event that is recorded behind them} Asks nobody.
   *
   * @param recorded the event, if its failure is that of events behind it
   */
  synchronized @Nullable Waited forEvent(@Nullable Occurrence recorded) {
    if (all != null && ++sinceLook >= Math.max(FEW, all.size())) {
      all = Waited.pruned(all);
      sinceLook = 0;
    }
    Waited before = behindLast();
    last = recorded == null ? null : new Earlier(recorded);
    return before;
  }

  /** {@return these and the last event} Called under the monitor. */
  private @Nullable Waited behindLast() {
    Earlier earlier = last;
    if (earlier == null || (earlier.isFinished() && earlier.failure() == null)) {
      return all;
    }
    Waited behind = Waited.and(all, earlier);
    if (earlier.isFinished()) {
      all = behind; // which stays until it recovers
      last = null;
    }
    return behind;
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
    last = null;
  }

  /** {@return the failure of what comes behind them; null if none is known} Asks drivers. */
  @Nullable Throwable failure() {
    Waited known;
    synchronized (this) {
      known = behindLast();
    }
    Waited.poll(known);
    return Waited.failure(known);
  }
}
