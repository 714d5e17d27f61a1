package dev.carillon.time;

import org.jspecify.annotations.Nullable;

/** A hierarchical timer wheel: a passive structure, guarded by whoever owns it. */
@SuppressWarnings("NullAway") // links of a timer on the wheel are never null, by construction
final class TimerWheel {
  /*
   * Hashed hierarchical timing wheels (Varghese and Lauck, SOSP 1987, scheme 6.2), 64 buckets a
   * level. Level L has buckets of 64^L ticks; a timer lies on the lowest level whose span (64^(L+1)
   * ticks) covers its distance from now, in the bucket of its due tick. When time reaches the start
   * of a bucket of level L > 0, its timers move down; at level 0 they are due. Eleven levels cover
   * every long, so no timer is ever clamped.
   *
   * One bit per bucket says whether it holds anything. The next tick at which something happens is
   * found from the bits alone, so time jumps from one such tick to the next: a wheel with one timer
   * an hour away costs a handful of steps, not 3.6 million.
   *
   * Buckets are circular doubly linked lists with the sentinel in the array, so removal needs no
   * knowledge of the bucket; only its bit may stay set until the bucket is next reached. A timer is
   * on the wheel if and only if its previous link is set.
   */
  private static final int BITS = 6;
  private static final int BUCKETS = 1 << BITS;
  private static final int LEVELS = 11;

  private final WheelTimers owner;
  private final WheelTimer[][] buckets = new WheelTimer[LEVELS][];
  private final long[] occupied = new long[LEVELS];
  private long now; // the tick up to which everything has been taken off
  private int size;

  TimerWheel(WheelTimers owner) {
    this.owner = owner;
  }

  long now() {
    return now;
  }

  int size() {
    return size;
  }

  /**
   * Adds a timer; one due at or before the current tick becomes due at the next.
   *
   * @return the tick at which {@link #advance} has something to do for it
   */
  long add(WheelTimer timer) {
    size++;
    return place(timer, Math.max(timer.tick(), now + 1));
  }

  /** {@return the first tick of the bucket that the timer was put in} */
  private long place(WheelTimer timer, long due) {
    // the highest bit in which due differs from now tells the level
    int level = (63 - Long.numberOfLeadingZeros(due ^ now)) / BITS;
    int shift = level * BITS;
    int bucket = (int) (due >>> shift) & (BUCKETS - 1);
    WheelTimer[] row = buckets[level];
    if (row == null) {
      row = new WheelTimer[BUCKETS];
      buckets[level] = row;
    }
    WheelTimer head = row[bucket];
    if (head == null) {
      head = new WheelTimer(owner, 0, () -> {});
      head.previous = head;
      head.next = head;
      row[bucket] = head;
    }
    occupied[level] |= 1L << bucket;
    linkBefore(head, timer);
    return due >>> shift << shift;
  }

  /** {@return whether the timer was on the wheel; it no longer is} */
  boolean remove(WheelTimer timer) {
    if (timer.previous == null) {
      return false;
    }
    unlink(timer);
    size--;
    return true;
  }

  /**
   * {@return the next tick at which {@link #advance} has something to do, or {@link Long#MAX_VALUE}
   * if the wheel is empty}
   */
  long nextTick() {
    if (size == 0) {
      return Long.MAX_VALUE;
    }
    for (int level = 0; level < LEVELS; level++) {
      int shift = level * BITS;
      int current = (int) (now >>> shift) & (BUCKETS - 1);
      // a bucket at or before the current one on its level has been emptied and awaits no timer
      long ahead = current == BUCKETS - 1 ? 0 : occupied[level] & (-1L << (current + 1));
      if (ahead != 0) {
        long bucket = Long.numberOfTrailingZeros(ahead);
        long base = level == LEVELS - 1 ? 0 : now >>> (shift + BITS) << (shift + BITS);
        return base | bucket << shift;
      }
    }
    return Long.MAX_VALUE;
  }

  /** Moves time to a tick before {@link #nextTick()}. */
  void skipTo(long tick) {
    now = tick;
  }

  /**
   * Moves time to a tick, at most {@link #nextTick()}, and takes off what is due then.
   *
   * @return the due timers, linked by {@code next} and ended by null, in the order of their adding
   */
  @Nullable WheelTimer advance(long tick) {
    now = tick;
    WheelTimer first = null;
    WheelTimer last = null;
    for (int level = LEVELS - 1; level >= 0; level--) {
      int shift = level * BITS;
      int bucket = (int) (tick >>> shift) & (BUCKETS - 1);
      boolean atStart = (tick & ((1L << shift) - 1)) == 0;
      if (!atStart || (occupied[level] & 1L << bucket) == 0) {
        continue;
      }
      occupied[level] &= ~(1L << bucket);
      WheelTimer head = buckets[level][bucket];
      for (WheelTimer timer = head.next; timer != head; timer = head.next) {
        unlink(timer);
        long due = timer.tick();
        if (due > tick) {
          place(timer, due);
          continue;
        }
        size--;
        if (last == null) {
          first = timer;
        } else {
          last.next = timer;
        }
        last = timer;
      }
    }
    return first;
  }

  private static void linkBefore(WheelTimer head, WheelTimer timer) {
    timer.previous = head.previous;
    timer.next = head;
    head.previous.next = timer;
    head.previous = timer;
  }

  private static void unlink(WheelTimer timer) {
    timer.previous.next = timer.next;
    timer.next.previous = timer.previous;
    timer.previous = null;
    timer.next = null;
  }
}
