package dev.carillon.flow;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StreamStats;
import dev.carillon.spi.TailWatch;
import dev.carillon.store.Stores;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A store in memory whose acknowledgements come when the test says so. */
final class HeldStore implements MessageStore {
  private final MessageStore memory = Stores.inMemory();
  private final Deque<Held> held = new ConcurrentLinkedDeque<>();

  private record Held(long first, long last, AppendListener listener) {}

  /** {@return how many appends wait to be acknowledged} */
  int waiting() {
    return held.size();
  }

  /** Acknowledges the append that has waited longest, as proved or not. */
  void acknowledge(@Nullable StoreException failure) {
    Held next = held.remove();
    next.listener().completed(next.first(), next.last(), failure);
  }

  @Override
  public Durability strongest() {
    return memory.strongest();
  }

  @Override
  public MessageStream open(String stream, Retention retention) {
    return new Stream(memory.open(stream, retention));
  }

  @Override
  public Set<String> streams() {
    return memory.streams();
  }

  @Override
  public boolean delete(String stream) {
    return memory.delete(stream);
  }

  @Override
  public void close() {
    memory.close();
  }

  private final class Stream implements MessageStream {
    private final MessageStream stream;

    Stream(MessageStream stream) {
      this.stream = stream;
    }

    @Override
    public AppendResult append(
        List<NewMessage> messages, Durability durability, AppendListener listener)
        throws InterruptedException {
      return stream.append(
          messages, durability, (first, last, _) -> held.add(new Held(first, last, listener)));
    }

    @Override
    public long append(NewMessage message, Durability durability) throws InterruptedException {
      return stream.append(message, durability);
    }

    @Override
    public String name() {
      return stream.name();
    }

    @Override
    public Retention retention() {
      return stream.retention();
    }

    @Override
    public Page read(ReadQuery query) {
      return stream.read(query);
    }

    @Override
    public long firstSequence() {
      return stream.firstSequence();
    }

    @Override
    public long lastSequence() {
      return stream.lastSequence();
    }

    @Override
    public void truncateBefore(long sequence) {
      stream.truncateBefore(sequence);
    }

    @Override
    public TailWatch watch(LongConsumer listener) {
      return stream.watch(listener);
    }

    @Override
    public StreamStats stats() {
      return stream.stats();
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
