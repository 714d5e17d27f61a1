package dev.carillon.bus;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The objects that weak subscriptions act for. Safe for use by any thread. */
final class WeakOwners {
  /*
   * A subscription whose object is gone is closed when a message comes to it, or when somebody next
   * subscribes, sends a signal or asks for statistics, whichever is first; so no thread is needed to
   * wait for the collector.
   */

  /** A weak reference that knows what to close. */
  static final class Owner<O> extends WeakReference<O> {
    private volatile @Nullable Subscription subscription;

    Owner(O owner, ReferenceQueue<Object> queue) {
      super(owner, queue);
    }

    void opened(Subscription opened) {
      subscription = opened;
    }

    boolean close() {
      Subscription open = subscription;
      if (open == null || !open.isOpen()) {
        return false;
      }
      open.close();
      return true;
    }
  }

  private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
  private final LongAdder collected = new LongAdder();

  <O> Owner<O> add(O owner) {
    return new Owner<>(owner, queue);
  }

  /** Closes a subscription whose object was found gone. */
  void gone(Owner<?> owner) {
    if (owner.close()) {
      collected.increment();
    }
  }

  /** Closes the subscriptions whose objects are known to be gone. */
  void purge() {
    for (Reference<?> gone = queue.poll(); gone != null; gone = queue.poll()) {
      if (gone instanceof Owner<?> owner) {
        gone(owner);
      }
    }
  }

  /** {@return how many subscriptions were closed because their object was gone} */
  long collected() {
    return collected.sum();
  }
}
