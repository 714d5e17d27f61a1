package dev.carillon.source;

import java.util.Objects;
import java.util.concurrent.Semaphore;

/** Handles items on virtual threads, several at a time. */
final class ConcurrentOutlet<T> implements Outlet<T> {
  private static final int MOST = 65_536;

  private final ItemHandler<? super T> handler;
  private final Semaphore free;

  ConcurrentOutlet(int most, ItemHandler<? super T> handler) {
    Checks.range("most", most, 1, MOST);
    this.handler = Objects.requireNonNull(handler, "handler");
    this.free = new Semaphore(most);
  }

  @Override
  public void accept(Item<T> item, Receipt receipt) throws InterruptedException {
    free.acquire();
    Thread thread = Thread.ofVirtual().unstarted(() -> handle(item, receipt));
    receipt.onAbandoned(thread::interrupt);
    try {
      thread.start();
    } catch (Error e) { // there is no memory for it
      free.release();
      throw e;
    }
  }

  private void handle(Item<T> item, Receipt receipt) {
    try {
      HandlerOutlet.handle(handler, item);
      receipt.done();
    } catch (Throwable e) { // an Error becomes that of the source
      receipt.failed(e);
    } finally {
      free.release();
    }
  }
}
