package dev.carillon.device;

import dev.carillon.event.Event;
import dev.carillon.event.EventStatus;
import dev.carillon.spi.DeviceException;
import org.jspecify.annotations.Nullable;

/** A completion event that a stream waits for. */
record EventUpstream(Event event) implements Upstream {

  @Override
  public boolean isFinished() {
    return event.status() != EventStatus.PENDING;
  }

  @Override
  public @Nullable Throwable failure() {
    return event.poison().map(poison -> new DeviceException(poison.message())).orElse(null);
  }

  @Override
  public String describe() {
    return "the event " + event.name().map(name -> "\"" + name + "\" ").orElse("") + event;
  }
}
