package dev.carillon.bus;

import java.util.concurrent.atomic.AtomicBoolean;

/** Middleware's place in the chain. Safe for use by any thread. */
public final class MiddlewareRegistration implements AutoCloseable {
  private final Runnable removal;
  private final AtomicBoolean closed = new AtomicBoolean();

  MiddlewareRegistration(Runnable removal) {
    this.removal = removal;
  }

  boolean isOpen() {
    return !closed.get();
  }

  /** Takes the middleware out; messages that are in it go on. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      removal.run();
    }
  }
}
