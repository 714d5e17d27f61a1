package dev.carillon.flow;

import dev.carillon.event.Event;
import dev.carillon.event.Poison;
import dev.carillon.event.Registration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The events after which a run begins. */
final class Preconditions {
  private final Queue<Registration> awaited = new ConcurrentLinkedQueue<>();

  /**
   * Has something done when all of them have happened.
   *
   * @param missed is told of each that failed, before
   * @param then once; at once if there are none
   */
  void await(List<Event> events, Consumer<Poison> missed, Runnable then) {
    if (events.isEmpty()) {
      then.run();
      return;
    }
    var left = new AtomicInteger(events.size());
    for (Event event : events) {
      awaited.add(
          event.whenComplete(poison -> {
            if (poison != null) {
              missed.accept(poison);
            }
            if (left.decrementAndGet() == 0) {
              then.run();
            }
          }));
    }
  }

  void awaitNoMore() {
    awaited.forEach(Registration::remove);
    awaited.clear();
  }
}
