package dev.carillon.opencl;

/**
 * A function of a program that a device runs for many work items: see {@link OpenClStream#launch}.
 *
 * <p>Safe for use by any thread, but launches of one kernel wait for each other while their
 * arguments are copied.
 */
public sealed interface OpenClKernel extends AutoCloseable permits ClKernel {

  /** {@return the name of the function} */
  String name();

  /** {@return how many parameters it has} */
  int parameters();

  /**
   * Gives the kernel up, as soon as the device has run what was launched. Whoever launches it
   * afterwards gets a {@link dev.carillon.spi.DeviceException}. Idempotent.
   */
  @Override
  void close();
}
