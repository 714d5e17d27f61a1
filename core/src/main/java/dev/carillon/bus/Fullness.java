package dev.carillon.bus;

import dev.carillon.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Tells those who listen to the bus that a subscription is full, once a second at most. */
final class Fullness {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();
  private static final long NEVER = Long.MIN_VALUE;

  private final LocalSubscription<?> subscription;
  private final Clock clock;
  private final AtomicLong told = new AtomicLong(NEVER); // when
  private final LongAdder messages = new LongAdder(); // that are not told yet

  Fullness(LocalSubscription<?> subscription, Clock clock) {
    this.subscription = subscription;
    this.clock = clock;
  }

  /** One more message found the subscription full. */
  void note(Message<?> message) {
    if (message.payload() instanceof BusNotice) { // telling that might make it fuller
      return;
    }
    messages.increment();
    long now = clock.nanos();
    long last = told.get();
    if ((last == NEVER || now - last >= PAUSE) && told.compareAndSet(last, now)) {
      SubscriptionOptions<?> options = subscription.options();
      var notice =
          new BusNotice.Overflow(
              subscription.name(), options.capacity(), options.whenFull(), messages.sumThenReset());
      subscription.bus().publishing().notices().tell(notice);
    }
  }
}
