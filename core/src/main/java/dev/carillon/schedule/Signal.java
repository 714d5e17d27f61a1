package dev.carillon.schedule;

import dev.carillon.event.Event;
import dev.carillon.event.EventSystem;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The next change of something, as an event that exists only while somebody waits for it. */
final class Signal {
  /*
   * Whoever waits asks for the event first and looks at the thing after; whoever changes the thing
   * does that first and tells after. So nobody waits for a change that has happened.
   */
  private final EventSystem events;
  private final String name;
  private final AtomicReference<@Nullable Event> next = new AtomicReference<>();

  Signal(EventSystem events, String name) {
    this.events = events;
    this.name = name;
  }

  /** {@return the event that the next change triggers} */
  Event next() {
    while (true) {
      Event known = next.get();
      if (known != null) {
        return known;
      }
      Event made = events.newEvent(name);
      if (next.compareAndSet(null, made)) {
        return made;
      }
      made.tryTrigger();
    }
  }

  /** Tells those who wait that there was a change. */
  void tell() {
    if (next.get() != null) {
      Event change = next.getAndSet(null);
      if (change != null) {
        change.tryTrigger();
      }
    }
  }
}
