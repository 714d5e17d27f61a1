package dev.carillon.event;

/** The order in which reasons of poisoned events are forgotten: a bounded queue of their handles. */
final class PoisonBudget {
  /** No handle: nothing has to be forgotten. */
  static final long NOTHING = 0;

  private final int most;

  // guarded by this
  private long[] ring;
  private int first;
  private int count;

  PoisonBudget(int most) {
    this.most = most;
    this.ring = new long[Math.clamp(most, 1, 16)];
  }

  /** Adds a record; {@return the raw handle of the record to forget, or {@link #NOTHING}} */
  synchronized long add(long event) {
    if (most == 0) {
      return event;
    }
    long forgotten = NOTHING;
    if (count == most) {
      forgotten = ring[first];
      first = (first + 1) % ring.length;
      count--;
    } else if (count == ring.length) {
      long[] wider = new long[(int) Math.min(most, 2L * count)];
      System.arraycopy(ring, first, wider, 0, count - first);
      System.arraycopy(ring, 0, wider, count - first, first);
      ring = wider;
      first = 0;
    }
    ring[(first + count) % ring.length] = event;
    count++;
    return forgotten;
  }

  synchronized int size() {
    return count;
  }
}
