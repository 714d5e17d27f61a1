package dev.carillon.event;

import org.jspecify.annotations.Nullable;

/** What is kept beside the slot of a pending event, for the few events that need it. */
final class Details {
  final long event;
  volatile @Nullable String name;
  volatile @Nullable String createdAt;
  volatile @Nullable Thread guard; // has the duty to complete the event
  volatile boolean released; // may be completed by somebody who does not hold its object

  // guarded by this: waiters removed but still linked, and how many may be before they are unlinked
  private int garbage;
  private int threshold = 32;

  Details(long event) {
    this.event = event;
  }

  /** Counts a removed waiter; {@return whether it is time to unlink them} */
  synchronized boolean countGarbage() {
    return ++garbage >= threshold;
  }

  /** Notes that the removed waiters were unlinked, which took time in proportion to the live. */
  synchronized void unlinked(int live) {
    garbage = 0;
    threshold = Math.max(32, live / 2);
  }
}
