package dev.carillon.bus;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What a subscription has done; counted by anyone. */
final class SubscriptionCounts {
  final LongAdder handled = new LongAdder();
  final LongAdder filtered = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder spilled = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder nanos = new LongAdder(); // of handling

  /** {@return how many messages its handler is done with} */
  long finished() {
    return handled.sum() + failed.sum();
  }

  /** {@return how long handling took on average; zero before the first} */
  Duration meanTime() {
    long all = handled.sum() + failed.sum();
    return Duration.ofNanos(all == 0 ? 0 : nanos.sum() / all);
  }
}
