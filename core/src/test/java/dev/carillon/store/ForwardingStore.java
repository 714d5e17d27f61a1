package dev.carillon.store;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StreamStats;
import dev.carillon.spi.TailWatch;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/** A store in memory, for tests that have some of what it does done in another way. */
public abstract class ForwardingStore implements MessageStore {
  private final MessageStore memory = Stores.inMemory();

  /** For those that change something. */
  protected ForwardingStore() {}

  @Override
  public Durability strongest() {
    return memory.strongest();
  }

  @Override
  public MessageStream open(String stream, Retention retention) {
    return memory.open(stream, retention);
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

  /** A stream that does what another does. */
  public abstract static class Stream implements MessageStream {
    private final MessageStream stream;

    /**
     * For those that change something.
     *
     * @param stream the other
     */
    protected Stream(MessageStream stream) {
      this.stream = stream;
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
    public AppendResult append(
        List<NewMessage> messages, Durability durability, AppendListener listener)
        throws InterruptedException {
      return stream.append(messages, durability, listener);
    }

    @Override
    public long append(NewMessage message, Durability durability) throws InterruptedException {
      return stream.append(message, durability);
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
