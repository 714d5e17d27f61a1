package dev.carillon.spi;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a map of bytes to bytes in which each change has a number, its revision: what a shared map
 * lies on. Codecs, types, buffers for watchers and threads are not its business.
 *
 * <p>Safe for use by any thread, and linearizable for each key: between its call and its return,
 * each operation takes effect at one moment. Arrays that are passed in belong to the store from
 * then on; those that it gives out are shared, and nobody changes them. Memory consistency effects:
 * actions before a change happen-before actions of who has read it or was told of it.
 *
 * <p>The testkit has the contract that every implementation has to keep.
 */
public interface MapStore extends AutoCloseable {

  /** Instead of a revision: whatever is there, or nothing. */
  long ANY = -1;

  /** Instead of a revision: the key must not be there. */
  long ABSENT = 0;

  /** Instead of a revision to watch from: what comes from now on. */
  long NOW = -1;

  /** {@return what it is called, in errors and in the names of threads} */
  String name();

  /**
   * {@return the entry of a key; empty if there is none}
   *
   * @param key which
   * @throws MapStoreException if the store is closed, or cannot be reached
   */
  Optional<MapRecord> get(byte[] key);

  /**
   * Gives a key a value, if it has a revision.
   *
   * @param key which
   * @param value its value
   * @param ttl how long it is to be there; null for what the store has as its default
   * @param expected the revision that the entry must have, {@link #ABSENT} or {@link #ANY}
   * @return its revision now; empty if it had another than was expected
   * @throws MapStoreException if the store is full, closed, or cannot write or be reached; in the
   *     last two cases it may have been written
   * @throws IllegalArgumentException if the time is not positive
   */
  OptionalLong put(byte[] key, byte[] value, @Nullable Duration ttl, long expected);

  /**
   * Takes a key out, if it has a revision.
   *
   * @param key which
   * @param expected the revision that the entry must have, or {@link #ANY}
   * @return the revision of the change; empty if there was no entry, or it had another revision
   * @throws MapStoreException as for {@link #put}
   */
  OptionalLong delete(byte[] key, long expected);

  /**
   * {@return what is there now}
   *
   * @param key reads this one only; null for all
   * @throws MapStoreException if the store is closed, or cannot be reached
   */
  MapSnapshot snapshot(byte @Nullable [] key);

  /**
   * {@return the number of the last change that was made; 0 if none was}
   *
   * @throws MapStoreException if the store is closed, or cannot be reached
   */
  long revision();

  /**
   * Has a sink take changes. If the store does not know any more what changed after the revision
   * asked for, it says first that changes were missed.
   *
   * @param after the last revision that the sink knows, 0 for the beginning, or {@link #NOW}
   * @param key changes of this one only; null for all
   * @param sink takes them
   * @return its place, to take it away by
   * @throws MapStoreException if the store is closed, or has as many watchers as it can
   */
  MapWatch watch(long after, byte @Nullable [] key, MapSink sink);

  /** Tells the sinks, and gives back what the store holds. Idempotent. */
  @Override
  void close();
}
