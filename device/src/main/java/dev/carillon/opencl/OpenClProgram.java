package dev.carillon.opencl;

/** A program that was built for an OpenCL device. Safe for use by any thread. */
public sealed interface OpenClProgram extends AutoCloseable permits ClProgram {

  /** {@return what the compiler said, such as warnings; may be empty} */
  String log();

  /**
   * {@return a new kernel}
   *
   * @param name the name of its function
   * @throws dev.carillon.spi.DeviceException if the program has none of that name, or is closed
   */
  OpenClKernel newKernel(String name);

  /** Gives the program up; kernels that were made of it stay. Idempotent. */
  @Override
  void close();
}
