package dev.carillon.store;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.Retention.WhenFull;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StoredMessage;
import dev.carillon.spi.StreamStats;
import dev.carillon.spi.TailWatch;
import dev.carillon.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;

/** A stream in memory. */
final class MemoryStream implements MessageStream {
  private static final int CHUNK = 256; // messages that are copied at once for a reader

  private final MemoryStore store;
  private final String name;
  private final Retention retention;
  private final Clock clock;
  private final Watchers watchers = new Watchers();
  private final Object lock = new Object();

  // guarded by lock
  private final MemoryMessages messages;
  private boolean closed;
  private long appended;
  private long refused;
  private long dropped;

  MemoryStream(
      MemoryStore store, String name, Retention retention, Clock clock, MemoryMessages messages) {
    this.store = store;
    this.name = name;
    this.retention = retention;
    this.clock = clock;
    this.messages = messages;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Retention retention() {
    return retention;
  }

  @Override
  public AppendResult append(
      List<NewMessage> added, Durability durability, AppendListener listener) {
    Objects.requireNonNull(listener, "listener");
    if (!store.strongest().proves(durability)) {
      throw new StoreException(
          "a store in memory proves MEMORY only, use Stores.segments for more: asked=" + durability,
          null);
    }
    if (added.isEmpty()) {
      throw new IllegalArgumentException("an append has at least one message: messages=[]");
    }
    long from;
    long to;
    synchronized (lock) {
      if (closed) {
        return AppendResult.CLOSED;
      }
      if (isFull(added)) {
        refused += added.size();
        return AppendResult.FULL;
      }
      from = messages.last + 1;
      Instant now = clock.now();
      for (NewMessage message : added) {
        messages.add(message, now);
      }
      to = messages.last;
      appended += added.size();
      drop(now);
    }
    watchers.tell(to);
    Acknowledgement.tell(listener, from, to, null);
    return AppendResult.ACCEPTED;
  }

  private boolean isFull(List<NewMessage> added) {
    if (retention.whenFull() != WhenFull.REFUSE) {
      return false;
    }
    long more = 0;
    for (NewMessage message : added) {
      more += MemoryMessages.bytes(message);
    }
    return count() + added.size() > retention.maxMessages()
        || messages.bytes + more > retention.maxBytes();
  }

  private long count() {
    return messages.last - messages.first + 1;
  }

  private void drop(Instant now) {
    var age = retention.maxAge();
    Instant oldest = age == null ? Instant.MIN : now.minus(age);
    while (count() > 0 && isOneTooMany(oldest)) {
      messages.dropFirst();
      dropped++;
    }
  }

  private boolean isOneTooMany(Instant oldest) {
    boolean isSurplus =
        retention.whenFull() == WhenFull.DROP_OLDEST
            && (count() > retention.maxMessages() || messages.bytes > retention.maxBytes());
    return (isSurplus && count() > 1) || messages.get(messages.first).time().isBefore(oldest);
  }

  @Override
  public long append(NewMessage message, Durability durability) {
    long[] sequence = new long[1];
    AppendResult result = append(List.of(message), durability, (_, last, _) -> sequence[0] = last);
    return switch (result) {
      case ACCEPTED -> sequence[0];
      case CLOSED -> throw closedNow();
      case FULL ->
          throw new StoreException(
              "the stream keeps as much as it may, and its retention refuses more: stream=%s, %s"
                  .formatted(name, retention),
              null);
    };
  }

  private StoreException closedNow() {
    return new StoreException("the stream is closed: stream=" + name, null);
  }

  private void requireOpen() {
    if (closed) {
      throw closedNow();
    }
  }

  @Override
  public Page read(ReadQuery query) {
    var found = new ArrayList<StoredMessage>();
    var chunk = new ArrayList<StoredMessage>();
    long next = query.from();
    boolean more = true;
    while (more && found.size() < query.limit()) {
      chunk.clear();
      next = copy(next, Math.min(CHUNK, query.limit() - found.size()), chunk);
      more = !chunk.isEmpty();
      for (StoredMessage message : chunk) { // user code, so without the lock
        if (isWanted(message, query)) {
          found.add(message);
        }
      }
    }
    return new Page(Collections.unmodifiableList(found), next);
  }

  private static boolean isWanted(StoredMessage message, ReadQuery query) {
    Instant since = query.since();
    return (since == null || !message.time().isBefore(since))
        && query.topics().test(message.topic());
  }

  private long copy(long from, int most, List<StoredMessage> to) {
    synchronized (lock) {
      requireOpen();
      drop(clock.now());
      long next = Math.max(from, messages.first);
      while (next <= messages.last && to.size() < most) {
        to.add(messages.get(next));
        next++;
      }
      return next;
    }
  }

  @Override
  public long firstSequence() {
    synchronized (lock) {
      return messages.first;
    }
  }

  @Override
  public long lastSequence() {
    synchronized (lock) {
      return messages.last;
    }
  }

  @Override
  public void truncateBefore(long sequence) {
    synchronized (lock) {
      requireOpen();
      if (sequence > messages.last + 1) {
        throw new IllegalArgumentException(
            "sequence must be at most one above the last: sequence=%d, last=%d"
                .formatted(sequence, messages.last));
      }
      while (messages.first < sequence) {
        messages.dropFirst();
      }
    }
  }

  @Override
  public TailWatch watch(LongConsumer listener) {
    return watchers.add(listener);
  }

  @Override
  public StreamStats stats() {
    synchronized (lock) {
      return new StreamStats(
          name, messages.first, messages.last, messages.bytes, appended, refused, dropped, 0, 0);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
    }
    watchers.clear();
    store.closed(this);
  }

  @Override
  public String toString() {
    return "MessageStream[%s, in memory]".formatted(name);
  }
}
