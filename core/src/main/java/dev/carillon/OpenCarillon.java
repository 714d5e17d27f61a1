package dev.carillon;

import dev.carillon.event.EventSystem;

/** The layers of one {@link Carillon}. */
final class OpenCarillon implements Carillon {
  private final CarillonConfig config;
  private final EventSystem events;

  OpenCarillon(CarillonConfig config) {
    this.config = config;
    this.events = EventSystem.create(defaults -> config.events());
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public EventSystem events() {
    return events;
  }

  @Override
  public void close() {
    events.close();
  }

  @Override
  public String toString() {
    return "Carillon[" + config.name() + "]";
  }
}
