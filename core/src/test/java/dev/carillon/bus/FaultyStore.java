package dev.carillon.bus;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Page;
import dev.carillon.spi.ReadQuery;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.spi.StoredMessage;
import dev.carillon.store.ForwardingStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** A store in memory that does with appends and reads what a test tells it to. */
final class FaultyStore extends ForwardingStore {
  /** What becomes of an append. */
  enum Mode {
    WORKS,
    THROWS,
    IS_FULL,
    /** It is taken, and acknowledged when {@link FaultyStore#acknowledge} says so. */
    IS_LATE,
    /** It waits until the thread is interrupted. */
    WAITS
  }

  private final Queue<Runnable> late = new ConcurrentLinkedQueue<>();
  final CountDownLatch waiting = new CountDownLatch(1);
  final AtomicInteger open = new AtomicInteger();
  volatile Mode mode = Mode.WORKS;
  volatile @Nullable StoreException failure; // of late acknowledgements
  volatile LongPredicate isDamaged = _ -> false;
  volatile int longestPage;

  /** Acknowledges what was appended late, on this thread. */
  void acknowledge() {
    for (Runnable next = late.poll(); next != null; next = late.poll()) {
      next.run();
    }
  }

  @Override
  public Durability strongest() {
    return Durability.FSYNCED;
  }

  @Override
  public MessageStream open(String stream, Retention retention) {
    MessageStream opened = super.open(stream, retention);
    open.incrementAndGet();
    return new FaultyStream(opened);
  }

  private final class FaultyStream extends Stream {
    FaultyStream(MessageStream stream) {
      super(stream);
    }

    @Override
    public AppendResult append(
        List<NewMessage> messages, Durability durability, AppendListener listener)
        throws InterruptedException {
      switch (mode) {
        case THROWS -> throw new StoreException("the disk is gone", null);
        case IS_FULL -> {
          return AppendResult.FULL;
        }
        case WAITS -> {
          waiting.countDown();
          new CountDownLatch(1).await();
        }
        case IS_LATE -> {
          return super.append(
              messages,
              Durability.MEMORY,
              (first, last, _) -> late.add(() -> listener.completed(first, last, failure)));
        }
        case WORKS -> {}
      }
      return super.append(messages, Durability.MEMORY, listener);
    }

    @Override
    public long append(NewMessage message, Durability durability) throws InterruptedException {
      long[] sequence = new long[1];
      AppendResult result =
          append(List.of(message), durability, (_, last, _) -> sequence[0] = last);
      if (result != AppendResult.ACCEPTED) {
        throw new StoreException("not taken: " + result, null);
      }
      return sequence[0];
    }

    @Override
    public Page read(ReadQuery query) {
      Page page = super.read(query);
      longestPage = Math.max(longestPage, page.messages().size());
      List<StoredMessage> messages = page.messages();
      for (int i = 0; i < messages.size(); i++) {
        if (isDamaged.test(messages.get(i).sequence())) {
          if (i == 0) {
            throw new StoreException("message %d is damaged".formatted(query.from()), null);
          }
          return new Page(messages.subList(0, i), messages.get(i).sequence());
        }
      }
      return page;
    }

    @Override
    public void close() {
      open.decrementAndGet();
      super.close();
    }
  }
}
