package dev.carillon.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.Function;

/** Makes the random values of one case of a {@link Property}; the same seed, the same values. */
public final class Gen {
  private final long seed;
  private final SplittableRandom random;

  /** Makes a generator whose values follow from {@code seed} alone. */
  public Gen(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
  }

  /** {@return the seed of this generator} */
  public long seed() {
    return seed;
  }

  /** {@return an int from {@code min} to {@code max}, both included} */
  public int intBetween(int min, int max) {
    return (int) random.nextLong(min, max + 1L);
  }

  /** {@return a long from {@code min} to {@code max}, both included} */
  public long longBetween(long min, long max) {
    return max == Long.MAX_VALUE
        ? (min == Long.MIN_VALUE ? random.nextLong() : random.nextLong(min - 1, max) + 1)
        : random.nextLong(min, max + 1);
  }

  /** {@return any long} */
  public long anyLong() {
    return random.nextLong();
  }

  /** {@return true with the given probability from 0 to 1} */
  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  /** {@return one of {@code values}} */
  @SafeVarargs
  public final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }

  /** {@return one element of {@code values}} */
  public <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** {@return a list of {@code min} to {@code max} elements, each made by {@code element}} */
  public <T> List<T> listOf(int min, int max, Function<Gen, T> element) {
    int size = intBetween(min, max);
    List<T> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      list.add(element.apply(this));
    }
    return list;
  }

  /** {@return the elements of {@code values} in another order} */
  public <T> List<T> shuffled(Collection<? extends T> values) {
    List<T> list = new ArrayList<>(values);
    Collections.shuffle(list, Random.from(random));
    return list;
  }

  /** {@return a string of up to {@code max} characters, some of which are not ASCII} */
  public String text(int max) {
    int length = intBetween(0, max);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          chance(0.9) ? intBetween(' ', '~') : oneOf(0, 0xa, 0xe4, 0x2764, 0x1f514));
    }
    return text.toString();
  }

  /** {@return a generator for another thread, independent of what this one makes later} */
  public Gen split() {
    return new Gen(random.nextLong());
  }
}
