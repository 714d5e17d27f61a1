package dev.carillon.spi;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change of a {@link MapStore}; with {@link Kind#PUT} also an entry as it is there.
 *
 * @param kind what became of the key
 * @param key the key; shared, so nobody changes it
 * @param value the value; shared, so nobody changes it; empty unless the kind is {@link Kind#PUT}
 * @param revision the number of the change, which counts all changes of the map from 1
 * @param time when it was made, by the clock of who made it
 */
@SuppressWarnings("ArrayRecordComponent") // encoded key and value; equality is by content
public record MapRecord(Kind kind, byte[] key, byte[] value, long revision, Instant time) {

  /** What became of a key. */
  public enum Kind {
    /** It has this value now. */
    PUT,
    /** It was deleted. */
    DELETED,
    /** Its time to live was over. */
    EXPIRED
  }

  /** {@return how many bytes key and value have} */
  public long size() {
    return (long) key.length + value.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MapRecord change
        && change.revision == revision
        && change.kind == kind
        && change.time.equals(time)
        && Arrays.equals(change.key, key)
        && Arrays.equals(change.value, value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(revision, kind, Arrays.hashCode(key));
  }

  @Override
  public String toString() {
    return "MapRecord[%d %s %s key=%d bytes, value=%d bytes]"
        .formatted(revision, kind, time, key.length, value.length);
  }
}
