package dev.carillon.function;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a watcher of a {@link SharedMap} is told.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public sealed interface SharedMapChange<K, V> {

  /**
   * A key has a value now.
   *
   * @param key which
   * @param entry its value, and its revision
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  record Put<K, V>(K key, Versioned<V> entry) implements SharedMapChange<K, V> {}

  /**
   * A key is not there any more.
   *
   * @param key which
   * @param revision the number of the change
   * @param time when it was made
   * @param isExpired whether its time to live was over; else it was deleted
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  record Removed<K, V>(K key, long revision, Instant time, boolean isExpired)
      implements SharedMapChange<K, V> {}

  /**
   * What is there, read anew: the beginning of a watch that asked for it, and what is told instead
   * of changes that were missed. A key that is not in it is not there. Changes after the revision
   * follow.
   *
   * @param entries what is there, of the keys that are watched; immutable
   * @param revision the last change that is in it
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  record Resync<K, V>(Map<K, Versioned<V>> entries, long revision)
      implements SharedMapChange<K, V> {

    /** Takes a copy of the entries. */
    public Resync {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }
  }

  /**
   * The map was closed; nothing follows.
   *
   * @param <K> type of the keys
   * @param <V> type of the values
   */
  record Closed<K, V>() implements SharedMapChange<K, V> {}
}
