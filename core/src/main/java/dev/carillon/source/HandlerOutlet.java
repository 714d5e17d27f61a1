package dev.carillon.source;

import java.util.Objects;

/** Handles items on the thread that gives them. */
final class HandlerOutlet<T> implements Outlet<T> {
  private final ItemHandler<? super T> handler;
  private final boolean mayWait;

  HandlerOutlet(ItemHandler<? super T> handler, boolean mayWait) {
    this.handler = Objects.requireNonNull(handler, "handler");
    this.mayWait = mayWait;
  }

  @Override
  public boolean mayWait() {
    return mayWait;
  }

  @Override
  public void accept(Item<T> item, Receipt receipt) throws InterruptedException {
    try {
      handle(handler, item);
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      receipt.failed(e);
      return;
    }
    receipt.done();
  }

  /** Calls a handler of what T extends, which only reads the item. */
  @SuppressWarnings("unchecked")
  static <A> void handle(ItemHandler<A> handler, Item<? extends A> item) throws Exception {
    handler.handle((Item<A>) item);
  }
}
