package dev.carillon.source;

import dev.carillon.bus.Bus;
import dev.carillon.bus.BusNotice;
import dev.carillon.bus.Delivery;
import dev.carillon.bus.Outcome;
import dev.carillon.bus.Topic;
import dev.carillon.event.Poison;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Publishes items on a bus, and tells there how their source is. */
final class BusOutlet<T> implements Outlet<T>, SourceListener {
  private final Bus bus;
  private final Function<? super Item<T>, Topic<? super T>> topic;

  BusOutlet(Bus bus, Function<? super Item<T>, Topic<? super T>> topic) {
    this.bus = Objects.requireNonNull(bus, "bus");
    this.topic = Objects.requireNonNull(topic, "topic");
  }

  @Override
  public void accept(Item<T> item, Receipt receipt) throws InterruptedException {
    Topic<? super T> where = topic.apply(item);
    try {
      Delivery delivery = bus.publish(where, item.payload(), _ -> Outlet.options(item));
      boolean wasInterrupted = Thread.currentThread().isInterrupted(); // while it waited for room
      delivery.event().whenComplete(poison -> answer(delivery, receipt, poison, wasInterrupted));
    } catch (RuntimeException e) { // what a bus that closes throws is not the item's fault
      throw bus.isOpen() ? e : new OutletClosedException("the bus is closed", e);
    }
  }

  private void answer(
      Delivery delivery, Receipt receipt, @Nullable Poison poison, boolean wasInterrupted) {
    if (poison == null) {
      Outcome without = unhandled(delivery);
      if (without == null) {
        receipt.done();
      } else if (bus.isOpen()) {
        receipt.failed(new ItemFailedException(without));
      } else {
        receipt.failed(new OutletClosedException("the bus was closed: " + without, null));
      }
    } else if (wasInterrupted) {
      receipt.failed(new InterruptedException("interrupted while it published: " + poison));
    } else if (!bus.isOpen()) {
      receipt.failed(new OutletClosedException("the bus was closed: " + poison, null));
    } else {
      receipt.failed(new ItemFailedException(poison));
    }
  }

  /** {@return the outcome that says that an item was not published, or that the bus let it go} */
  private @Nullable Outcome unhandled(Delivery delivery) {
    if (delivery.matched() > 0 && bus.isOpen()) {
      return null; // the subscriptions had it, and what they did is theirs
    }
    for (Outcome outcome : delivery.outcomes()) {
      boolean isDropped = outcome instanceof Outcome.Dropped && !bus.isOpen();
      boolean isRefused = outcome instanceof Outcome.Refused refused && isOfAll(refused);
      if (isDropped || isRefused) {
        return outcome;
      }
    }
    return null;
  }

  private static boolean isOfAll(Outcome.Refused refused) {
    return refused.subscription().equals("publish");
  }

  @Override
  public void changed(Change change) {
    if (change.to() != SourceState.STARTING) {
      String state = change.to().name().toLowerCase(Locale.ROOT);
      bus.report(new BusNotice.Reported("source", state, change.source(), change.detail()));
    }
  }
}
