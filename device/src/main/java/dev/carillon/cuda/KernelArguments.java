package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments of a kernel as the driver takes them. */
final class KernelArguments {
  /*
   * They are given as one block of bytes with its size, each argument at a multiple of its own size,
   * which is how kernels have their parameters. The other form, an array of pointers, has no size: a
   * driver would read as many pointers as the kernel has parameters, whatever is there.
   */
  private static final long MOST = 4096; // bytes that all drivers take
  private static final int WIDEST = Long.BYTES;

  private KernelArguments() {}

  /** {@return what a launch takes, in memory of an arena} */
  static MemorySegment pack(Arena arena, LocalFunction kernel, Object... arguments) {
    List<LocalFunction.Parameter> parameters = kernel.parameters();
    if (parameters != null && parameters.size() != arguments.length) {
      throw new IllegalArgumentException(
          "a kernel must be given its arguments, all and no more: kernel=%s, parameters=%d, arguments=%d"
              .formatted(kernel.name(), parameters.size(), arguments.length));
    }
    if ((long) arguments.length * WIDEST > MOST) {
      throw new IllegalArgumentException(
          "a kernel must have no more than %d arguments: kernel=%s, arguments=%d"
              .formatted(MOST / WIDEST, kernel.name(), arguments.length));
    }
    MemorySegment block = arena.allocate(MOST, WIDEST);
    long end = 0;
    for (int i = 0; i < arguments.length; i++) {
      int size = size(kernel, i, arguments[i]);
      long at = (end + size - 1) / size * size;
      if (parameters != null) {
        LocalFunction.Parameter parameter = parameters.get(i);
        if (parameter.size() != size) {
          throw new IllegalArgumentException(
              "an argument must have the size of the kernel's parameter: kernel=%s, number=%d, argument=%s of %d bytes, parameter's bytes=%d"
                  .formatted(
                      kernel.name(),
                      i,
                      arguments[i].getClass().getSimpleName(),
                      size,
                      parameter.size()));
        }
        at = parameter.offset();
      }
      put(block, at, arguments[i]);
      end = at + size;
    }
    MemorySegment bytes = arena.allocateFrom(JAVA_LONG, end);
    return arena.allocateFrom(
        JAVA_LONG,
        CudaApi.LAUNCH_PARAM_BUFFER,
        block.address(),
        CudaApi.LAUNCH_PARAM_BYTES,
        bytes.address(),
        CudaApi.LAUNCH_PARAM_END);
  }

  private static int size(LocalFunction kernel, int number, @Nullable Object argument) {
    return switch (argument) {
      case LocalBuffer _, LocalHostBuffer _, Long _, Double _ -> Long.BYTES;
      case Integer _, Float _ -> Integer.BYTES;
      case Short _ -> Short.BYTES;
      case Byte _ -> Byte.BYTES;
      case null, default ->
          throw new IllegalArgumentException(
              "an argument of a kernel must be a buffer or a boxed number: kernel=%s, number=%d, type=%s"
                  .formatted(
                      kernel.name(),
                      number,
                      argument == null ? "null" : argument.getClass().getName()));
    };
  }

  private static void put(MemorySegment block, long at, Object argument) {
    switch (argument) {
      case LocalBuffer buffer -> block.set(JAVA_LONG, at, buffer.place());
      case LocalHostBuffer buffer -> block.set(JAVA_LONG, at, buffer.address());
      case Long number -> block.set(JAVA_LONG, at, number);
      case Double number -> block.set(JAVA_DOUBLE, at, number);
      case Integer number -> block.set(JAVA_INT, at, number);
      case Float number -> block.set(JAVA_FLOAT, at, number);
      case Short number -> block.set(JAVA_SHORT, at, number);
      case Byte number -> block.set(JAVA_BYTE, at, number);
      default -> throw new IllegalStateException("its size was known: " + argument.getClass());
    }
  }
}
