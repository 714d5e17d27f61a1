package dev.carillon.binary;

import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Guards a hash table against keys that were chosen to have the same hash. */
final class Collisions {
  /*
   * HashMap finds a key among others of the same hash and class by their order, if it is their class's
   * own, and else by looking at each: n keys of one hash take n² steps. So only some keys may have the
   * same hash, except those of one class with such an order; between two of them it does not help.
   *
   * A collection in a key is compared with others as a whole, so that steps multiply with each level.
   * There each step is charged as objects, with all that was charged for what is compared. Very small
   * ones have too few steps for that.
   *
   * Hashes are counted in an open table of twice the keys' number. It
   * mixes them with a factor that is another one in each process, so that nobody can choose hashes
   * that meet in the table instead.
   */
  private static final int MOST_EQUAL = 256;
  private static final int MOST_UNCHARGED = 4;
  private static final int FACTOR = new SplittableRandom().nextInt() | 1;

  private final int[] hashes;
  private final short[] counts;

  private final boolean isNested;
  private @Nullable Class<?> ordered; // the class of which keys need not be counted

  private Collisions(int keys, boolean isNested) {
    this.isNested = isNested;
    int size = Integer.highestOneBit(keys) * 4;
    hashes = new int[size];
    counts = new short[size];
  }

  /** {@return a guard for so many keys that are read next; null if so few need none} */
  static @Nullable Collisions guard(int keys, Input in) {
    boolean isNested = in.isInKey();
    int most = isNested ? MOST_UNCHARGED : MOST_EQUAL;
    return keys <= most ? null : new Collisions(keys, isNested);
  }

  /** {@return the next key, counted} */
  @Nullable Object key(Input in) {
    long before = in.work();
    Object key = in.key();
    if (key == null || isOrdered(key)) {
      return key;
    }
    long steps = (in.work() - before) * equalBefore(key);
    if (isNested) {
      in.charge((int) Math.min(steps, Integer.MAX_VALUE));
    }
    return key;
  }

  /** {@return how many keys of the same hash there were} */
  private int equalBefore(Object key) {
    int hash = key.hashCode();
    int at = (hash * FACTOR) >>> (Integer.numberOfLeadingZeros(hashes.length) + 1);
    while (counts[at] != 0 && hashes[at] != hash) {
      at = (at + 1) & (hashes.length - 1);
    }
    hashes[at] = hash;
    if (++counts[at] > MOST_EQUAL) {
      throw new Failure(
          "keys and elements of sets must have different hashes: more than %d have %d"
              .formatted(MOST_EQUAL, hash));
    }
    return counts[at] - 1;
  }

  private boolean isOrdered(Object key) {
    if (ordered == null && hasOrder(key)) {
      ordered = key.getClass();
    }
    return key.getClass() == ordered;
  }

  private static boolean hasOrder(Object key) {
    return key instanceof String
        || key instanceof Integer
        || key instanceof Long
        || key instanceof UUID
        || key instanceof Double
        || key instanceof BigInteger;
  }
}
