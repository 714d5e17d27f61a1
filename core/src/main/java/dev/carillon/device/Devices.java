package dev.carillon.device;

import dev.carillon.event.EventSystem;
import dev.carillon.spi.DeviceKind;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The devices of this machine: its CPU, and those of the providers that are on the module or class
 * path or were given. Providers are asked when the devices are opened; one that finds no driver
 * says so in {@link #support} and disturbs nobody.
 *
 * <p>Safe for use by any thread.
 *
 * {@snippet :
 * try (var devices = Devices.open(events);
 *     DeviceStream stream = devices.cpu().newStream()) {
 *   stream.waitFor(ready); // a completion event: no thread waits for it
 *   stream.as(CpuStream.class).run(() -> train());
 *   DeviceEvent done = stream.record();
 *   done.await();
 * }
 * }
 */
public sealed interface Devices extends AutoCloseable permits LocalDevices {

  /**
   * {@return the devices, opened with the usual settings}
   *
   * @param events the system of the completion events that device events are bridged to
   */
  static Devices open(EventSystem events) {
    return open(events, c -> c);
  }

  /**
   * {@return the devices, opened}
   *
   * @param events the system of the completion events that device events are bridged to
   * @param configure changes the usual settings, {@code c -> c.withProvider(mine)}
   * @throws IllegalArgumentException if a setting is out of range
   */
  static Devices open(EventSystem events, UnaryOperator<DevicesConfig> configure) {
    return LocalDevices.open(events, configure.apply(DevicesConfig.DEFAULT));
  }

  /** {@return all devices, by kind and index; the CPU is always one of them} */
  List<Device> devices();

  /**
   * {@return the devices of a kind, by index; empty if there are none}
   *
   * @param kind the kind
   */
  List<Device> devices(DeviceKind kind);

  /**
   * {@return a device}
   *
   * @param kind the kind
   * @param index the index
   * @throws dev.carillon.spi.DeviceUnavailableException if there is none, saying what was looked
   *     for and how to get it
   */
  Device device(DeviceKind kind, int index);

  /** {@return the CPU} */
  default Device cpu() {
    return device(DeviceKind.CPU, 0);
  }

  /** {@return what was found of each kind, by name} */
  List<DeviceSupport> support();

  /**
   * {@return how streams of one kind wait for pending events of another, at best} Single pairs may
   * need more, such as two OpenCL platforms: {@link DeviceStream#waitFor} tells of each.
   *
   * @param waiter the kind of the stream
   * @param event the kind of the event
   * @throws dev.carillon.spi.DeviceUnavailableException if there is no device of one of them
   */
  WaitPath path(DeviceKind waiter, DeviceKind event);

  /** {@return what has happened so far} */
  DeviceStats stats();

  /** {@return devices, streams and what they wait for, as text for people} */
  String explain();

  /**
   * Closes all streams as {@link DeviceStream#close} does, fails what has not finished, and closes
   * the drivers. Idempotent.
   */
  @Override
  void close();
}
