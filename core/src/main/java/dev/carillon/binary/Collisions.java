package dev.carillon.binary;

import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Guards a hash table against keys that were chosen to have the same hash. */
final class Collisions {
  /*
   * HashMap finds a key among others of the same hash by their order, if it is their class's own, and
   * else by looking at each: n keys of one hash take n² steps. So of keys without such an order, only
   * some may have the same hash. Hashes are counted in an open table of twice the keys' number. It
   * mixes them with a factor that is another one in each process, so that nobody can choose hashes
   * that meet in the table instead.
   */
  private static final int MOST_EQUAL = 256;
  private static final int FACTOR = new SplittableRandom().nextInt() | 1;

  private final int[] hashes;
  private final short[] counts;

  private Collisions(int keys) {
    int size = Integer.highestOneBit(keys) * 4;
    hashes = new int[size];
    counts = new short[size];
  }

  /** {@return a guard for so many keys; null if so few need none} */
  static @Nullable Collisions guard(int keys) {
    return keys <= MOST_EQUAL ? null : new Collisions(keys);
  }

  /** Counts a key. */
  void check(@Nullable Object key) {
    if (key == null || isOrdered(key)) {
      return;
    }
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
  }

  private static boolean isOrdered(Object key) {
    return key instanceof String
        || key instanceof Integer
        || key instanceof Long
        || key instanceof UUID
        || key instanceof Double
        || key instanceof BigInteger
        || key instanceof Enum<?>;
  }
}
