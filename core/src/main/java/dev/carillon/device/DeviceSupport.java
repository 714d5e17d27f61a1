package dev.carillon.device;

import dev.carillon.spi.DeviceInfo;
import dev.carillon.spi.DeviceKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found of a kind of device.
 *
 * @param kind the kind
 * @param version the driver's name and version; empty if there is none
 * @param devices its devices; empty if there are none
 * @param missing what was looked for and how to get it; null if there are devices
 */
public record DeviceSupport(
    DeviceKind kind, String version, List<DeviceInfo> devices, @Nullable String missing) {

  /** Copies the devices. */
  public DeviceSupport {
    devices = List.copyOf(devices);
  }
}
