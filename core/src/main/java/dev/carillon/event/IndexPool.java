package dev.carillon.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Hands out small integers and takes them back: the free slots, or the free waiter nodes. */
abstract class IndexPool {
  /*
   * Free indexes travel in batches: chains of at most BATCH indexes, linked through a word that each
   * index has for that (`next`), with the chain's first index linked to the next batch through a
   * second word (`link`). The batches form a Treiber stack (IBM RJ 5118, 1986). `head` holds the
   * top index plus one in its lower half and a tag in its upper half. Every pop raises the tag, so
   * a pop that read `link` of an index which others took and returned meanwhile fails its CAS (the
   * ABA problem); the words it read were then stale, which is harmless because they are ints.
   *
   * Below the stack are the indexes never used, counted by `fresh`. They are handed out in runs of
   * BATCH, so that threads that allocate at the same time start on different cache lines.
   *
   * Whoever takes a batch sees the writes of whoever gave it: giving is a CAS on `head`, taking is a
   * CAS that reads it.
   */
  static final int BATCH = 64;
  static final int NONE = -1;

  private static final VarHandle HEAD;
  private static final VarHandle FRESH;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(IndexPool.class, "head", long.class);
      FRESH = lookup.findVarHandle(IndexPool.class, "fresh", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile long head;
  private volatile int fresh;
  private final int limit;

  /**
   * @param first the smallest index
   * @param limit one more than the largest index
   */
  IndexPool(int first, int limit) {
    this.fresh = first;
    this.limit = limit;
  }

  abstract int next(int index);

  abstract void next(int index, int next);

  abstract int link(int index);

  abstract void link(int index, int link);

  /** Makes room for the indexes below a bound, which are about to be handed out. */
  abstract void grow(int bound);

  /** {@return one more than the largest index ever handed out} */
  final int highWater() {
    return Math.min(fresh, limit);
  }

  /**
   * Takes free indexes.
   *
   * @param into filled from its beginning
   * @param most how many at most are taken from the unused ones
   * @return how many were taken; 0 if none is free
   */
  final int take(int[] into, int most) {
    while (true) {
      long h = head;
      int top = (int) h - 1;
      if (top == NONE) {
        return takeFresh(into, most);
      }
      long tag = (h >>> 32) + 1;
      if (HEAD.compareAndSet(this, h, tag << 32 | Integer.toUnsignedLong(link(top) + 1))) {
        int n = 0;
        for (int i = top; i != NONE; i = next(i)) {
          into[n++] = i;
        }
        return n;
      }
    }
  }

  private int takeFresh(int[] into, int most) {
    while (true) {
      int first = fresh;
      int n = Math.min(most, limit - first);
      if (n <= 0) {
        return 0;
      }
      if (FRESH.compareAndSet(this, first, first + n)) {
        grow(first + n);
        for (int i = 0; i < n; i++) {
          into[i] = first + n - 1 - i; // the end of the array is used first
        }
        return n;
      }
    }
  }

  /** Gives back {@code n} indexes of an array, from an offset on. */
  final void give(int[] from, int offset, int n) {
    int top = from[offset];
    for (int i = 1; i < n; i++) {
      next(from[offset + i - 1], from[offset + i]);
    }
    next(from[offset + n - 1], NONE);
    while (true) {
      long h = head;
      link(top, (int) h - 1);
      if (HEAD.compareAndSet(this, h, (h & 0xFFFFFFFF00000000L) | (top + 1))) {
        return;
      }
    }
  }

  /** Gives back one index. */
  final void give(int index) {
    next(index, NONE);
    while (true) {
      long h = head;
      link(index, (int) h - 1);
      if (HEAD.compareAndSet(this, h, (h & 0xFFFFFFFF00000000L) | (index + 1))) {
        return;
      }
    }
  }
}
