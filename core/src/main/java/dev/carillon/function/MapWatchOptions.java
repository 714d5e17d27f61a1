package dev.carillon.function;

import dev.carillon.spi.MapStore;
import org.jspecify.annotations.Nullable;

/**
 * What a watcher of a {@link SharedMap} wants to be told: immutable, changed by its methods.
 *
 * @param after tells changes after this revision; {@link MapStore#NOW} for those to come
 * @param fromEntries whether what is there is told first
 * @param key tells changes of this key only; null for all
 * @param buffer how many changes may wait for a listener, 1 to 1,048,576; with more, they are
 *     dropped, and what is there is told instead
 * @param <K> type of the keys
 */
public record MapWatchOptions<K>(long after, boolean fromEntries, @Nullable K key, int buffer) {
  private static final int MOST = 1 << 20;

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public MapWatchOptions {
    if (after < MapStore.NOW) {
      throw new IllegalArgumentException("a revision must not be negative: after=" + after);
    }
    if (buffer < 1 || buffer > MOST) {
      throw new IllegalArgumentException(
          "buffer must be 1 to %d: buffer=%d".formatted(MOST, buffer));
    }
  }

  static <K> MapWatchOptions<K> defaults() {
    return new MapWatchOptions<>(MapStore.NOW, false, null, 1_024);
  }

  /**
   * {@return these options, but telling what changed after a revision: if that is not known any
   * more, what is there}
   *
   * @param revision the last that the listener knows, 0 for the beginning
   */
  public MapWatchOptions<K> after(long revision) {
    if (revision < 0) {
      throw new IllegalArgumentException("a revision must not be negative: after=" + revision);
    }
    return new MapWatchOptions<>(revision, false, key, buffer);
  }

  /** {@return these options, but telling what is there before what changes} */
  public MapWatchOptions<K> withEntries() {
    return new MapWatchOptions<>(MapStore.NOW, true, key, buffer);
  }

  /**
   * {@return these options for one key only}
   *
   * @param only which
   */
  public MapWatchOptions<K> of(K only) {
    return new MapWatchOptions<>(after, fromEntries, only, buffer);
  }

  /**
   * {@return these options with another bound}
   *
   * @param most how many changes may wait, 1 to 1,048,576
   */
  public MapWatchOptions<K> buffered(int most) {
    return new MapWatchOptions<>(after, fromEntries, key, most);
  }
}
