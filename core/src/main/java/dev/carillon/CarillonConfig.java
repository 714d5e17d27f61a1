package dev.carillon;

import dev.carillon.bus.BusConfig;
import dev.carillon.device.DevicesConfig;
import dev.carillon.event.EventSystemConfig;
import dev.carillon.flow.FlowConfig;
import dev.carillon.schedule.SchedulerConfig;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What {@link Carillon#open} opens: immutable, changed by its methods.
 *
 * @param name names the parts, their threads and their records
 * @param events the settings of the event system
 * @param scheduler the settings of the scheduler
 * @param bus the settings of the bus
 * @param flow the settings of the flow
 * @param devices the settings of the devices
 */
public record CarillonConfig(
    String name,
    EventSystemConfig events,
    SchedulerConfig scheduler,
    BusConfig bus,
    FlowConfig flow,
    DevicesConfig devices) {

  /** The default settings. */
  public static final CarillonConfig DEFAULT =
      new CarillonConfig(
              "carillon",
              EventSystemConfig.DEFAULT,
              SchedulerConfig.DEFAULT,
              BusConfig.DEFAULT,
              FlowConfig.DEFAULT,
              DevicesConfig.DEFAULT)
          .named("carillon");

  /** Checks the settings. */
  public CarillonConfig {
    Objects.requireNonNull(events, "events");
    Objects.requireNonNull(scheduler, "scheduler");
    Objects.requireNonNull(bus, "bus");
    Objects.requireNonNull(flow, "flow");
    Objects.requireNonNull(devices, "devices");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: name=\"" + name + "\"");
    }
  }

  /**
   * {@return these settings with another name}
   *
   * @param newName names the parts too
   */
  public CarillonConfig named(String newName) {
    return new CarillonConfig(
        newName,
        events.withName(newName),
        scheduler.withName(newName),
        bus.withName(newName),
        flow.withName(newName),
        devices);
  }

  /**
   * {@return these settings with other settings of the event system}
   *
   * @param change {@code e -> e.withTraceEvery(1)}
   */
  public CarillonConfig events(UnaryOperator<EventSystemConfig> change) {
    return new CarillonConfig(name, change.apply(events), scheduler, bus, flow, devices);
  }

  /**
   * {@return these settings with other settings of the scheduler} Its clock is that of the event
   * system unless it is set here.
   *
   * @param change {@code s -> s.withResource("gpu", 2)}
   */
  public CarillonConfig scheduler(UnaryOperator<SchedulerConfig> change) {
    return new CarillonConfig(name, events, change.apply(scheduler), bus, flow, devices);
  }

  /**
   * {@return these settings with other settings of the bus}
   *
   * @param change {@code b -> b.withHistory(">", h -> h)}
   */
  public CarillonConfig bus(UnaryOperator<BusConfig> change) {
    return new CarillonConfig(name, events, scheduler, change.apply(bus), flow, devices);
  }

  /**
   * {@return these settings with other settings of the flow}
   *
   * @param change {@code f -> f.withParallelism(1)}
   */
  public CarillonConfig flow(UnaryOperator<FlowConfig> change) {
    return new CarillonConfig(name, events, scheduler, bus, change.apply(flow), devices);
  }

  /**
   * {@return these settings with other settings of the devices}
   *
   * @param change {@code d -> d.withCpuThreads(2)}
   */
  public CarillonConfig devices(UnaryOperator<DevicesConfig> change) {
    return new CarillonConfig(name, events, scheduler, bus, flow, change.apply(devices));
  }
}
