package dev.carillon.store;

import dev.carillon.spi.AppendListener;
import dev.carillon.spi.StoreException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** What became of an append: told to its listener, or to a thread that waits for it. */
final class Acknowledgement implements AppendListener {
  private static final System.Logger LOG = System.getLogger("dev.carillon.store");

  private final CountDownLatch done = new CountDownLatch(1);

  // written before the latch opens
  private long sequence;
  private @Nullable StoreException failure;

  @Override
  public void completed(long first, long last, @Nullable StoreException why) {
    sequence = last;
    failure = why;
    done.countDown();
  }

  /** {@return the sequence, once it is acknowledged} */
  long await() throws InterruptedException {
    done.await();
    if (failure != null) {
      throw new StoreException("the append is not proved, " + failure.getMessage(), failure);
    }
    return sequence;
  }

  /** Tells a listener, and logs what it throws. */
  static void tell(
      AppendListener listener, long first, long last, @Nullable StoreException failure) {
    try {
      listener.completed(first, last, failure);
    } catch (Throwable e) { // an Error, too, must not stop those that wait for theirs
      LOG.log(Level.ERROR, "a listener of an append failed", e);
    }
  }
}
