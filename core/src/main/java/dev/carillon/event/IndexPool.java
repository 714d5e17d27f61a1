package dev.carillon.event;

import java.util.Arrays;

/** Hands out small integers and takes them back: the free slots, or the free waiter nodes. */
abstract class IndexPool {
  /*
   * The depot of a magazine allocator (Bonwick and Adams, USENIX 2001). Threads keep free indexes in
   * caches of their own and come here for, or with, BATCH of them at a time, so the lock is taken
   * once in BATCH uses at most, for about as long as it takes to look at BATCH bits; now and then it
   * takes as long as making a chunk.
   *
   * Free indexes are the bits of a bitmap, and the lowest are handed out first ("address-ordered
   * first fit"; Wilson et al., Dynamic Storage Allocation, 1995). So what is created together lies
   * together in memory, in whatever order its indexes came back; with a stack, a graph of 10 000
   * events that was built again and again in the same slots took twice as long as the first time.
   * A second bitmap tells which words of the first have a bit.
   *
   * Indexes never used are counted by `fresh`; they are handed out in runs of BATCH, so threads that
   * allocate at the same time start on different cache lines. Everything is under the lock, so a
   * take fails only if at one moment there was no free index at all.
   *
   * A lock-free stack of batches, linked through the slots and tagged against ABA, was the first
   * design; walking its links cost more than the lock.
   */
  static final int BATCH = 64;
  static final int NONE = -1;

  private final int limit;
  private final Object lock = new Object();

  // guarded by lock; fresh is read by any thread
  private volatile int fresh;
  private long[] free = {}; // bit i % 64 of word i / 64: is index i free?
  private long[] some = {}; // bit w % 64 of word w / 64: has free[w] a bit?
  private int lowest; // no word of some below this one has a bit
  private int count; // how many are free

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
   * @param into filled from an offset on, the largest index first
   * @param most how many at most
   * @return how many were taken; 0 if none is free
   */
  final int take(int[] into, int offset, int most) {
    synchronized (lock) {
      if (count > 0) {
        int n = Math.min(most, count);
        takeFree(into, offset, n);
        return n;
      }
      int first = fresh;
      int n = Math.min(most, limit - first);
      if (n > 0) {
        grow(first + n);
        fresh = first + n;
        for (int i = 0; i < n; i++) {
          into[offset + i] = first + n - 1 - i;
        }
      }
      return Math.max(n, 0);
    }
  }

  private void takeFree(int[] into, int offset, int n) {
    count -= n;
    int place = offset + n;
    while (place > offset) {
      while (some[lowest] == 0) {
        lowest++;
      }
      int word = lowest * Long.SIZE + Long.numberOfTrailingZeros(some[lowest]);
      long bits = free[word];
      if (bits == -1 && place - offset >= Long.SIZE) {
        for (int i = 0; i < Long.SIZE; i++) {
          into[--place] = word * Long.SIZE + i;
        }
        bits = 0;
      }
      while (bits != 0 && place > offset) {
        into[--place] = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
      free[word] = bits;
      if (bits == 0) {
        some[lowest] &= ~(1L << word);
      }
    }
  }

  /**
   * Gives back {@code n} indexes of an array, from an offset on.
   *
   * @throws IllegalStateException if one of them is free already
   */
  final void give(int[] from, int offset, int n) {
    int end = offset + n;
    synchronized (lock) {
      count += n;
      for (int i = offset; i < end; ) {
        int first = from[i];
        int run = 1; // of indexes that follow one another in one word, as they often do
        while (i + run < end && from[i + run] == first + run && (first + run) % Long.SIZE != 0) {
          run++;
        }
        free(first, -1L >>> (Long.SIZE - run) << first);
        i += run;
      }
    }
  }

  private void free(int index, long bits) {
    int word = index / Long.SIZE;
    if (word >= free.length) {
      free = Arrays.copyOf(free, Math.max(word + 1, 2 * free.length));
      some = Arrays.copyOf(some, free.length / Long.SIZE + 1);
    }
    long before = free[word];
    if ((before & bits) != 0) {
      throw new IllegalStateException("an index must be given back once: index=" + index);
    }
    free[word] = before | bits;
    if (before == 0) {
      some[word / Long.SIZE] |= 1L << word;
      lowest = Math.min(lowest, word / Long.SIZE);
    }
  }
}
