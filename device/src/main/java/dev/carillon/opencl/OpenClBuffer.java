package dev.carillon.opencl;

/**
 * Memory of an OpenCL platform, which all its devices can use.
 *
 * <p>Safe for use by any thread; what is in it is ordered by streams and events only.
 */
public sealed interface OpenClBuffer extends AutoCloseable permits ClBuffer {

  /** {@return how many bytes it has} */
  long size();

  /**
   * Gives the memory up, as soon as the device has done what was given to it with this buffer.
   * Whoever uses it afterwards gets a {@link dev.carillon.spi.DeviceException}. Idempotent.
   */
  @Override
  void close();
}
