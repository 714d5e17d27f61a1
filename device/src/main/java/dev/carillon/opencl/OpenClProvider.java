package dev.carillon.opencl;

import dev.carillon.spi.DeviceDriver;
import dev.carillon.spi.DeviceKind;
import dev.carillon.spi.DeviceProvider;
import java.util.List;

/**
 * Devices of OpenCL 1.2 or newer, of all platforms that are installed. Found by {@link
 * java.util.ServiceLoader}. Needs the JVM flag {@code --enable-native-access=dev.carillon.drivers},
 * or {@code ALL-UNNAMED} on the class path.
 *
 * <p>Devices of one platform share a context, so that their streams wait for each other's events
 * within the driver, and use the same buffers. Their devices are {@link OpenClDevice}, their
 * streams {@link OpenClStream}.
 */
public final class OpenClProvider implements DeviceProvider {
  private final List<String> names;

  /** Looks for the library where this system keeps it. */
  public OpenClProvider() {
    this(OpenCl.NAMES);
  }

  OpenClProvider(List<String> names) {
    this.names = List.copyOf(names);
  }

  @Override
  public DeviceKind kind() {
    return DeviceKind.OPENCL;
  }

  @Override
  public DeviceDriver<?, ?> open() {
    return Discovery.open(names);
  }
}
