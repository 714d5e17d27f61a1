package dev.carillon.event;

import java.util.Arrays;

/** Hands out small integers and takes them back: the free slots, or the free waiter nodes. */
abstract class IndexPool {
  /*
   * The depot of a magazine allocator (Bonwick and Adams, USENIX 2001). Threads keep free indexes in
   * caches of their own and come here for, or with, BATCH of them at a time, so the lock is taken
   * once in BATCH uses at most, for about as long as it takes to copy BATCH ints; now and then it
   * takes as long as making a chunk. Below the stack of free indexes are those never used, counted
   * by `fresh`; they are handed out in runs of BATCH, so threads that allocate at the same time start
   * on different cache lines. Everything is under the lock, so a take fails only if at one moment
   * there was no free index at all.
   *
   * A lock-free stack of batches, linked through the slots and tagged against ABA, was the design
   * before this one; walking its links cost more than the lock.
   */
  static final int BATCH = 64;
  static final int NONE = -1;

  private final int limit;
  private final Object lock = new Object();

  // guarded by lock; fresh is read by any thread
  private volatile int fresh;
  private int[] free = new int[BATCH];
  private int count;

  /**
   * @param first the smallest index
   * @param limit one more than the largest index
   */
  IndexPool(int first, int limit) {
    this.fresh = first;
    this.limit = limit;
  }

  /** Makes room for the indexes below a bound, which are about to be handed out; one at a time. */
  abstract void grow(int bound);

  /** {@return one more than the largest index ever handed out} */
  final int highWater() {
    return fresh;
  }

  /**
   * Takes free indexes.
   *
   * @param into filled from an offset on
   * @param most how many at most
   * @return how many were taken; 0 if none is free
   */
  final int take(int[] into, int offset, int most) {
    synchronized (lock) {
      int n = Math.min(most, count);
      if (n > 0) {
        count -= n;
        System.arraycopy(free, count, into, offset, n);
        return n;
      }
      int first = fresh;
      n = Math.min(most, limit - first);
      if (n > 0) {
        grow(first + n);
        fresh = first + n;
        for (int i = 0; i < n; i++) {
          into[offset + i] = first + n - 1 - i; // the end of the array is used first
        }
      }
      return Math.max(n, 0);
    }
  }

  /** Gives back {@code n} indexes of an array, from an offset on. */
  final void give(int[] from, int offset, int n) {
    synchronized (lock) {
      if (free.length - count < n) {
        free = Arrays.copyOf(free, Math.max(2 * free.length, count + n));
      }
      System.arraycopy(from, offset, free, count, n);
      count += n;
    }
  }
}
