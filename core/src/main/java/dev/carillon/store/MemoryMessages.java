package dev.carillon.store;

import dev.carillon.spi.NewMessage;
import dev.carillon.spi.StoredMessage;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The messages of a stream in memory, oldest first, in a ring that grows. Not for threads. */
final class MemoryMessages {
  private static final int AT_FIRST = 16;
  private static final int OVERHEAD = 200; // bytes of a message's objects, about

  private @Nullable StoredMessage[] ring = new StoredMessage[AT_FIRST];
  long first = 1;
  long last;
  long bytes;

  /** {@return about what a message takes up} */
  static long bytes(StoredMessage message) {
    long headers = 0;
    for (var header : message.headers().entrySet()) {
      headers += header.getKey().length() + header.getValue().length();
    }
    return OVERHEAD + headers + message.payload().length;
  }

  /** {@return what a message will take up} */
  static long bytes(NewMessage message) {
    return bytes(message.stored(0, Instant.EPOCH));
  }

  void add(NewMessage message, Instant now) {
    if (last - first + 1 == ring.length) {
      grow();
    }
    StoredMessage stored = message.stored(last + 1, now);
    ring[place(stored.sequence())] = stored;
    bytes += bytes(stored);
    last++;
  }

  private void grow() {
    @Nullable StoredMessage[] larger = new StoredMessage[2 * ring.length];
    for (long sequence = first; sequence <= last; sequence++) {
      larger[(int) (sequence & (larger.length - 1))] = ring[place(sequence)];
    }
    ring = larger;
  }

  private int place(long sequence) {
    return (int) (sequence & (ring.length - 1));
  }

  StoredMessage get(long sequence) {
    StoredMessage found = ring[place(sequence)];
    if (found == null) {
      throw new IllegalArgumentException("sequence is not kept: sequence=" + sequence);
    }
    return found;
  }

  void dropFirst() {
    bytes -= bytes(get(first));
    ring[place(first)] = null;
    first++;
    if (first > last && ring.length > AT_FIRST) {
      ring = Arrays.copyOf(ring, AT_FIRST); // all of it is null
    }
  }
}
