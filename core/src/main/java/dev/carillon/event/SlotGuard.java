package dev.carillon.event;

import java.util.concurrent.atomic.AtomicBoolean;

/** A guard of an event of this system. */
final class SlotGuard implements EventGuard {
  private final LocalEvent event;
  private final AtomicBoolean disarmed = new AtomicBoolean();

  SlotGuard(LocalEvent event) {
    this.event = event;
    Details details = event.core.details.make(event.raw);
    if (details != null) {
      details.guard = Thread.currentThread();
    }
  }

  @Override
  public Event event() {
    return event;
  }

  @Override
  public void trigger() {
    disarmed.set(true);
    event.trigger();
  }

  @Override
  public void poison(String reason) {
    disarmed.set(true);
    event.poison(reason);
  }

  @Override
  public <X extends Throwable> void run(Body<X> body) throws X {
    try {
      body.run();
    } catch (Throwable e) {
      disarmed.set(true);
      event.tryPoison(e);
      throw e;
    }
    trigger();
  }

  @Override
  public Event release() {
    disarmed.set(true);
    Details details = event.core.detailsOf(event.raw);
    if (details != null) {
      details.guard = null;
    }
    return event;
  }

  @Override
  public void close() {
    if (!disarmed.getAndSet(true)) {
      event.tryPoison("dropped without being triggered");
    }
  }

  @Override
  public String toString() {
    return "guard of " + event;
  }
}
