package dev.carillon.flow;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.AppendResult;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStream;
import dev.carillon.spi.NewMessage;
import dev.carillon.spi.Retention;
import dev.carillon.spi.StoreException;
import dev.carillon.store.ForwardingStore;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/** A store in memory whose acknowledgements come when the test says so. */
final class HeldStore extends ForwardingStore {
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
  public MessageStream open(String stream, Retention retention) {
    return new HeldStream(super.open(stream, retention));
  }

  private final class HeldStream extends Stream {
    HeldStream(MessageStream stream) {
      super(stream);
    }

    @Override
    public AppendResult append(
        List<NewMessage> messages, Durability durability, AppendListener listener)
        throws InterruptedException {
      return super.append(
          messages, durability, (first, last, _) -> held.add(new Held(first, last, listener)));
    }
  }
}
