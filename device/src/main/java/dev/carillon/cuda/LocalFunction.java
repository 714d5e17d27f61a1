package dev.carillon.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A kernel of a program.
 *
 * @param module the program
 * @param name its name
 * @param handle the driver's
 * @param parameters where the driver wants its arguments; null if it does not say
 */
record LocalFunction(
    LocalModule module, String name, long handle, @Nullable List<Parameter> parameters)
    implements CudaFunction {

  /**
   * Where an argument goes.
   *
   * @param offset in the bytes of all arguments
   * @param size its bytes
   */
  record Parameter(long offset, long size) {}
}
