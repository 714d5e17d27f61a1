package dev.carillon;

import dev.carillon.event.EventSystem;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;

/** The layers of one {@link Carillon}. */
final class OpenCarillon implements Carillon {
  private final CarillonConfig config;
  private final EventSystem events;
  private final Scheduler scheduler;

  OpenCarillon(CarillonConfig config) {
    this.config = config;
    this.events = EventSystem.create(defaults -> config.events());
    this.scheduler =
        Scheduler.open(
            events,
            defaults ->
                config.scheduler().clock().equals(SchedulerConfig.DEFAULT.clock())
                    ? config.scheduler().withClock(defaults.clock())
                    : config.scheduler());
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
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public void close() {
    scheduler.close();
    events.close();
  }

  @Override
  public String toString() {
    return "Carillon[" + config.name() + "]";
  }
}
