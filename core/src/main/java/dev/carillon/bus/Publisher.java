package dev.carillon.bus;

import java.util.concurrent.atomic.AtomicLong;

/** Who numbers messages on a topic. Safe for use by any thread. */
final class Publisher {
  private final String id;
  private final AtomicLong published = new AtomicLong();

  Publisher(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /** {@return how many messages it has numbered} */
  long published() {
    return published.get();
  }

  long next() {
    return published.incrementAndGet();
  }
}
