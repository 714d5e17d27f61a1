package dev.carillon.store;

import java.util.Arrays;

/** Where some of a segment's records lie, one in about 4 KiB. */
final class SparseIndex {
  /*
   * Entries are added by one thread at a time, under the stream's lock or, for a segment that is
   * read for the first time, under that segment's monitor; they never change. `count` is written
   * after the entry, volatile, and read before it. A reader may miss the newest entries and begin
   * earlier than it could.
   */
  private static final int EVERY = 1 << 12;
  private static final int AT_FIRST = 16;

  private volatile Entries entries = new Entries(AT_FIRST);
  private volatile int count;
  private long newest = Long.MIN_VALUE; // second of the newest record; only who adds

  private static final class Entries {
    final long[] sequences;
    final int[] positions;
    final long[] newestBefore; // the greatest second of all records before the entry's

    Entries(int size) {
      sequences = new long[size];
      positions = new int[size];
      newestBefore = new long[size];
    }

    private Entries(Entries from) {
      int size = 2 * from.sequences.length;
      sequences = Arrays.copyOf(from.sequences, size);
      positions = Arrays.copyOf(from.positions, size);
      newestBefore = Arrays.copyOf(from.newestBefore, size);
    }
  }

  /** Adds a record that lies behind all others. */
  void add(long sequence, int position, long second) {
    int n = count;
    Entries all = entries;
    if (n == 0 || position - all.positions[n - 1] >= EVERY) {
      if (n == all.sequences.length) {
        all = new Entries(all);
        entries = all;
      }
      all.sequences[n] = sequence;
      all.positions[n] = position;
      all.newestBefore[n] = newest;
      count = n + 1;
    }
    newest = Math.max(newest, second);
  }

  /** {@return the second of the newest record} To be asked by who adds. */
  long newest() {
    return newest;
  }

  /**
   * {@return the last known place with nothing before it that is wanted}
   *
   * @param sequence the least that is wanted
   * @param second the earliest that is wanted
   * @param start where the records begin
   */
  Place find(long sequence, long second, long base, int start) {
    int low = 0;
    int high = count; // before the entries: they only become more
    Entries all = entries;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.sequences[middle] <= sequence || all.newestBefore[middle] < second) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0
        ? new Place(base, start)
        : new Place(all.sequences[low - 1], all.positions[low - 1]);
  }

  /** A record and where it lies. */
  record Place(long sequence, int position) {}
}
