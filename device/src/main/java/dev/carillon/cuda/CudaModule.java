package dev.carillon.cuda;

/**
 * A program on a GPU.
 *
 * <p>Safe for use by any thread. Closing it does not wait: who uses its functions from then on has
 * an exception, and it is unloaded when the streams that were given them before, and the graphs
 * that have them, are past them.
 */
public sealed interface CudaModule extends AutoCloseable permits LocalModule {

  /**
   * {@return a kernel of the program, loaded} A driver may wait for what runs on the device, so
   * look kernels up before streams wait for something.
   *
   * @param name as the program has it, mangled if it is in C++ without {@code extern "C"}
   * @throws dev.carillon.spi.DeviceException if there is none of that name, or the program was
   *     closed
   */
  CudaFunction function(String name);

  /** Gives it up, see above. Idempotent. */
  @Override
  void close();
}
