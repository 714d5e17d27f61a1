package dev.carillon.function;

import dev.carillon.event.EventSystem;
import dev.carillon.event.Promise;
import dev.carillon.spi.MapStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A map that parts of a program share, each change of which has a number: it can be watched,
 * awaited, and changed only if it is still what somebody has read.
 *
 * {@snippet :
 * try (var hits = SharedMaps.inMemory("hits", String.class, Long.class, Stores.basicCodec())) {
 *   hits.put("home", 1L);
 *   hits.update("home", old -> old.map(n -> n + 1));
 *   Versioned<Long> seen = hits.get("home").orElseThrow();
 *   hits.replace("home", seen.revision(), 0L); // only if nobody changed it meanwhile
 *   Promise<Versioned<Long>> many = hits.await("home", n -> n > 100, events);
 * }
 * }
 *
 * <p>Where it lies is a {@link MapStore}'s matter: in memory, in a file, on other machines; it is
 * used the same way. Values and keys are kept as bytes, so what is taken out is never the object
 * that was put in, and changing that changes nothing here. Keys are equal if their bytes are, so
 * the codec must write equal keys alike. Null is neither a key nor a value.
 *
 * <p>Maps are kept by name at a {@link Scope} in a registry of {@link SharedMaps#registry}.
 *
 * <p>Safe for use by any thread; linearizable for each key. Memory consistency effects: actions
 * before a change happen-before actions of who has read it or was told of it. All methods throw
 * {@link dev.carillon.spi.MapStoreException} if the map is closed or cannot be reached, {@link
 * dev.carillon.spi.PayloadException} for what the codec does not take, and {@link
 * IllegalArgumentException} for a key or value of another type.
 *
 * @param <K> type of the keys
 * @param <V> type of the values
 */
public sealed interface SharedMap<K, V> extends AutoCloseable permits CodedMap {

  /** {@return what it is called} */
  String name();

  /** {@return the type of its keys} */
  Class<K> keyType();

  /** {@return the type of its values} */
  Class<V> valueType();

  /**
   * {@return this map, of whose types nothing was known}
   *
   * @param keys type of the keys
   * @param values type of the values
   * @param <A> type of the keys
   * @param <B> type of the values
   * @throws IllegalArgumentException if it has other types
   */
  <A, B> SharedMap<A, B> as(Class<A> keys, Class<B> values);

  /**
   * {@return the value of a key; empty if it has none}
   *
   * @param key which
   */
  Optional<Versioned<V>> get(K key);

  /**
   * Gives a key a value, for the map's time to live.
   *
   * @param key which
   * @param value its value
   * @return the revision of the change
   * @throws dev.carillon.spi.MapStoreException if key or value are too large, or the map is full
   */
  default long put(K key, V value) {
    return put(key, value, null);
  }

  /**
   * Gives a key a value for a time.
   *
   * @param key which
   * @param value its value
   * @param ttl how long it is there; null for the map's own time to live
   * @return the revision of the change
   * @throws IllegalArgumentException if the time is not positive
   */
  long put(K key, V value, @Nullable Duration ttl);

  /**
   * Gives a key a value if it has none.
   *
   * @param key which
   * @param value its value
   * @return the revision of the change; empty if it had one
   */
  default OptionalLong putIfAbsent(K key, V value) {
    return replace(key, MapStore.ABSENT, value, null);
  }

  /**
   * Gives a key a value for a time if it has none.
   *
   * @param key which
   * @param value its value
   * @param ttl how long it is there; null for the map's own time to live
   * @return the revision of the change; empty if it had one
   */
  default OptionalLong putIfAbsent(K key, V value, @Nullable Duration ttl) {
    return replace(key, MapStore.ABSENT, value, ttl);
  }

  /**
   * Gives a key another value if its entry still is the one that was read.
   *
   * @param key which
   * @param expected the revision that its entry must have; 0 if it must have none
   * @param value its value from now on
   * @return the revision of the change; empty if the entry had another, or was gone
   */
  default OptionalLong replace(K key, long expected, V value) {
    return replace(key, expected, value, null);
  }

  /**
   * Gives a key another value for a time if its entry still is the one that was read.
   *
   * @param key which
   * @param expected the revision that its entry must have; 0 if it must have none
   * @param value its value from now on
   * @param ttl how long it is there; null for the map's own time to live
   * @return the revision of the change; empty if the entry had another, or was gone
   * @throws IllegalArgumentException if the revision is negative, or the time not positive
   */
  OptionalLong replace(K key, long expected, V value, @Nullable Duration ttl);

  /**
   * Takes a key out.
   *
   * @param key which
   * @return whether it was there
   */
  boolean delete(K key);

  /**
   * Takes a key out if its entry still is the one that was read.
   *
   * @param key which
   * @param expected the revision that its entry must have, 1 or more
   * @return whether it was taken out
   */
  boolean delete(K key, long expected);

  /**
   * Changes a key's value, by trying again when others change it meanwhile, 1,000 times at most.
   *
   * @param key which
   * @param change makes the next value of the one that is there; empty stands for none. Called once
   *     for each attempt, under no lock; what it throws ends the update, with nothing changed
   * @return what is there now, for the map's time to live
   * @throws SharedMapException if others were faster each time
   */
  Optional<V> update(K key, UnaryOperator<Optional<V>> change);

  /** {@return what is there at this moment; immutable, in no particular order} */
  Map<K, Versioned<V>> entries();

  /**
   * {@return the number of the last change of the map; 0 if there was none} A map that outlives its
   * closing goes on counting when it is opened again.
   */
  long revision();

  /**
   * Has a listener told of what changes from now on; see {@link #watch(Consumer, UnaryOperator)}.
   *
   * @param listener told of it
   * @return its place, to take it away by
   */
  default Watch watch(Consumer<SharedMapChange<K, V>> listener) {
    return watch(listener, options -> options);
  }

  /**
   * Has a listener told of changes, in the order of their revisions, one at a time, on a virtual
   * thread of its own and under no lock. If more wait for it than its buffer holds, or more than 16
   * MiB, they are dropped and it is told {@link SharedMapChange.Resync} instead; who changes the
   * map never waits for it. What it throws is logged, and the next change is told to it.
   *
   * @param listener told of it
   * @param configure changes what it is told: from when, of which key, how many may wait
   * @return its place, to take it away by
   * @throws SharedMapException if there are 16,384 watchers already
   */
  Watch watch(
      Consumer<SharedMapChange<K, V>> listener, UnaryOperator<MapWatchOptions<K>> configure);

  /**
   * {@return a promise of an entry with a value that a condition holds for: of the one that is
   * there now, or of one to come} A value that others replace quickly may be passed over. It is
   * poisoned if the map is closed or the condition throws. Whoever is not interested any more
   * completes or poisons it: until then it is a watcher of the map.
   *
   * @param key which
   * @param condition looks at values, on a virtual thread, under no lock
   * @param events makes the promise
   * @throws SharedMapException if there are 16,384 watchers already
   */
  Promise<Versioned<V>> await(K key, Predicate<? super V> condition, EventSystem events);

  /**
   * Closes the map and what it lies on; watchers are told what they have not been told yet, and
   * that it was closed. Waits for their listeners for 5 s at most, unless one of them calls this.
   * Idempotent.
   */
  @Override
  void close();

  /** A listener's place at a map. */
  sealed interface Watch extends AutoCloseable permits MapWatching {

    /**
     * Takes the listener away: no further call of it begins. One that is under way is not waited
     * for. Idempotent.
     */
    @Override
    void close();
  }
}
