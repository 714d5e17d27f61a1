package dev.carillon;

import dev.carillon.bus.Bus;
import dev.carillon.bus.BusConfig;
import dev.carillon.device.Devices;
import dev.carillon.event.EventSystem;
import dev.carillon.flow.Flow;
import dev.carillon.schedule.Scheduler;
import dev.carillon.schedule.SchedulerConfig;
import org.jspecify.annotations.Nullable;

/** The layers of one {@link Carillon}. */
final class OpenCarillon implements Carillon {
  private final CarillonConfig config;
  private final EventSystem events;
  private final Scheduler scheduler;
  private final Bus bus;
  private final Flow flow;

  // guarded by this
  private @Nullable Devices devices;
  private boolean isClosed;

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
    this.bus = opened(config.bus());
    this.flow = Flow.open(scheduler, defaults -> config.flow());
  }

  private Bus opened(BusConfig settings) {
    try {
      return Bus.open(scheduler, defaults -> settings);
    } catch (RuntimeException | Error e) { // of the bus's store
      scheduler.close();
      events.close();
      throw e;
    }
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
  public Bus bus() {
    return bus;
  }

  @Override
  public Flow flow() {
    return flow;
  }

  @Override
  public synchronized Devices devices() {
    Devices known = devices;
    if (known == null) {
      if (isClosed) {
        throw new IllegalStateException("devices are not opened after closing: " + this);
      }
      known = Devices.open(events, defaults -> config.devices());
      devices = known;
    }
    return known;
  }

  @Override
  public void close() {
    Devices opened;
    synchronized (this) {
      isClosed = true;
      opened = devices;
    }
    flow.close();
    bus.close();
    if (opened != null) {
      opened.close();
    }
    scheduler.close();
    events.close();
  }

  @Override
  public String toString() {
    return "Carillon[" + config.name() + "]";
  }
}
