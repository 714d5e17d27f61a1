package dev.carillon.device;

import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.StreamOptions;
import java.util.function.UnaryOperator;

/** A device: where streams of work are, and events in them. Safe for use by any thread. */
public sealed interface Device permits LocalDevice {

  /** {@return its kind} */
  default DeviceKind kind() {
    return info().kind();
  }

  /** {@return its number among those of its kind, from 0} */
  default int index() {
    return info().index();
  }

  /** {@return what is known of it} */
  DeviceInfo info();

  /**
   * {@return a new ordered stream}
   *
   * @throws dev.carillon.spi.DeviceException if the driver refuses, or the devices were closed
   */
  DeviceStream newStream();

  /**
   * {@return a new stream}
   *
   * @param configure changes the usual options, {@code o -> o.withName("copy").withPriority(1)}
   * @throws IllegalArgumentException if an option is out of range
   * @throws dev.carillon.spi.DeviceException if the driver refuses, or the devices were closed
   */
  DeviceStream newStream(UnaryOperator<StreamOptions> configure);

  /** {@return a new event, to be recorded on streams of this device} */
  DeviceEvent newEvent();

  /**
   * {@return a new event, to be recorded on streams of this device}
   *
   * @param name shown by explanations
   */
  DeviceEvent newEvent(String name);

  /**
   * {@return a new event that knows when it succeeded, if the driver does} It may cost ten times as
   * much as one that is not timed.
   *
   * @param name shown by explanations
   */
  DeviceEvent newTimedEvent(String name);

  /**
   * {@return what its kind adds: memory, programs, what it can do}
   *
   * @param type the type of that, which its kind's documentation names
   * @param <T> the type
   * @throws IllegalArgumentException if its kind has no such type, naming the one it has
   */
  <T> T as(Class<T> type);

  /**
   * Makes it usable again after a fault that its driver keeps reporting, as GPUs do after a kernel
   * that reads where nothing is. What was under way on it fails, and its streams and memory are
   * gone; new ones work.
   *
   * @throws dev.carillon.spi.DeviceException if that is not enough
   */
  void renew();
}
