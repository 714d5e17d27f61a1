package dev.carillon.store;

import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** A store in memory. What a stream keeps is there until the store is closed. */
final class MemoryStore implements MessageStore {
  private final Clock clock;

  // guarded by this
  private final Map<String, MemoryMessages> kept = new HashMap<>();
  private final Map<String, MemoryStream> open = new HashMap<>();
  private boolean closed;

  MemoryStore(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Durability strongest() {
    return Durability.MEMORY;
  }

  @Override
  public synchronized MessageStream open(String stream, Retention retention) {
    Objects.requireNonNull(retention, "retention");
    requireClosed(stream);
    var opened =
        new MemoryStream(
            this,
            stream,
            retention,
            clock,
            kept.computeIfAbsent(stream, _ -> new MemoryMessages()));
    open.put(stream, opened);
    return opened;
  }

  private void requireClosed(String stream) {
    if (closed) {
      throw new StoreException("the store is closed: store=" + this, null);
    }
    if (open.containsKey(MessageStore.checkName(stream))) {
      throw new IllegalStateException("a stream is opened once at a time: stream=" + stream);
    }
  }

  @Override
  public synchronized Set<String> streams() {
    return new TreeSet<>(kept.keySet());
  }

  @Override
  public synchronized boolean delete(String stream) {
    requireClosed(stream);
    return kept.remove(stream) != null;
  }

  synchronized void closed(MemoryStream stream) {
    open.remove(stream.name(), stream);
  }

  @Override
  public synchronized void close() {
    closed = true;
    java.util.List.copyOf(open.values()).forEach(MemoryStream::close);
    kept.clear();
  }

  @Override
  public String toString() {
    return "MessageStore[in memory]";
  }
}
