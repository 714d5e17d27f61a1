package dev.carillon.spi;

import java.util.regex.Pattern;

/**
 * A kind of device by its name, such as {@code cuda}: all devices that one driver serves.
 *
 * @param name a lower-case letter, then up to 31 lower-case letters, digits and dashes
 */
public record DeviceKind(String name) implements Comparable<DeviceKind> {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** The processors that run this program. */
  public static final DeviceKind CPU = new DeviceKind("cpu");

  /** Whatever has an OpenCL runtime. */
  public static final DeviceKind OPENCL = new DeviceKind("opencl");

  /** GPUs with NVIDIA's driver. */
  public static final DeviceKind CUDA = new DeviceKind("cuda");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  public DeviceKind {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a kind of device must match " + NAME + ": name=" + name);
    }
  }

  @Override
  public int compareTo(DeviceKind other) {
    return name.compareTo(other.name);
  }

  /** {@return the name} */
  @Override
  public String toString() {
    return name;
  }
}
