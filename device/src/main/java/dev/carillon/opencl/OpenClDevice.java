package dev.carillon.opencl;

import dev.carillon.spi.DeviceInfo;

/**
 * A device of OpenCL: what {@code device.as(OpenClDevice.class)} gives.
 *
 * <p>Safe for use by any thread. All methods but {@link #info} throw {@link
 * dev.carillon.spi.DeviceException}, with the driver's text, if the driver refuses or was closed.
 */
public sealed interface OpenClDevice permits ClDevice {

  /** {@return what is known of it} */
  DeviceInfo info();

  /**
   * {@return new memory, whose content is not defined} Many drivers take it only when it is used
   * first, and fail what uses it if there is too little.
   *
   * @param bytes how much, at least 1
   * @throws IllegalArgumentException if it is less than 1
   */
  OpenClBuffer newBuffer(long bytes);

  /**
   * {@return a program, built for this device} Blocks while the compiler runs, which may take a
   * second.
   *
   * @param source in OpenCL C
   * @throws dev.carillon.spi.DeviceException if it does not compile; the message has the compiler's
   *     log
   */
  default OpenClProgram build(String source) {
    return build(source, "");
  }

  /**
   * {@return a program, built for this device} Blocks while the compiler runs, which may take a
   * second.
   *
   * @param source in OpenCL C
   * @param options for the compiler, {@code -cl-fast-relaxed-math -D SIZE=16}; {@code
   *     -cl-kernel-arg-info} is added, by which arguments are checked
   * @throws dev.carillon.spi.DeviceException if it does not compile; the message has the compiler's
   *     log
   */
  OpenClProgram build(String source, String options);
}
