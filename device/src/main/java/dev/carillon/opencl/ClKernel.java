package dev.carillon.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A kernel of the driver. */
final class ClKernel implements OpenClKernel {
  private final DeviceContext device;
  private final NativeHandle handle;
  private final String name;
  private final List<Integer> places; // of each parameter, as OpenCl has them
  private final Object lock = new Object(); // the arguments set in the driver, until it is enqueued

  ClKernel(DeviceContext device, NativeHandle handle, String name, List<Integer> places) {
    this.device = device;
    this.handle = handle;
    this.name = name;
    this.places = places;
  }

  DeviceContext device() {
    return device;
  }

  /**
   * Enqueues the kernel with these arguments.
   *
   * @param given the arguments, one for each parameter
   * @param enqueue gets the driver's kernel
   */
  void with(Object[] given, LongConsumer enqueue) {
    Object[] arguments = given.clone(); // nobody changes it between the checks and the driver
    if (arguments.length != places.size()) {
      throw new IllegalArgumentException(
          "a kernel must be given as many arguments as it has parameters: kernel=%s parameters=%d"
                  .formatted(name, places.size())
              + " arguments="
              + arguments.length);
    }
    checkPlaces(arguments);
    List<NativeHandle> used = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) { // the driver copies arguments as they are set
      long kernel = use(handle, used);
      List<MemorySegment> values = new ArrayList<>();
      for (int i = 0; i < arguments.length; i++) {
        values.add(value(i, arguments[i], used, arena));
      }
      synchronized (lock) {
        for (int i = 0; i < arguments.length; i++) {
          boolean isLocal = arguments[i] instanceof OpenClLocal;
          long size = isLocal ? ((OpenClLocal) arguments[i]).bytes() : values.get(i).byteSize();
          device.context().cl.setKernelArgument(kernel, i, size, values.get(i));
        }
        enqueue.accept(kernel);
      }
    } finally {
      Releases.each(used, NativeHandle::done);
    }
  }

  /**
   * Refuses what drivers take for something else, which ends the process: a number as a pointer to
   * a buffer, and more local memory than there is.
   */
  private void checkPlaces(Object[] arguments) {
    long local = 0;
    for (int i = 0; i < arguments.length; i++) {
      String wanted =
          switch (places.get(i)) {
            case OpenCl.PLACE_GLOBAL, OpenCl.PLACE_CONSTANT ->
                arguments[i] instanceof OpenClBuffer ? "" : "a buffer";
            case OpenCl.PLACE_LOCAL -> arguments[i] instanceof OpenClLocal ? "" : "local memory";
            case OpenCl.PLACE_PRIVATE ->
                arguments[i] instanceof OpenClBuffer || arguments[i] instanceof OpenClLocal
                    ? "a number or bytes"
                    : "";
            default -> ""; // the driver does not tell
          };
      if (!wanted.isEmpty()) {
        throw new IllegalArgumentException(
            "an argument must be %s where the kernel has that: kernel=%s index=%d type=%s"
                .formatted(wanted, name, i, type(arguments[i])));
      }
      if (arguments[i] instanceof OpenClLocal(long bytes)) {
        if (bytes > device.localMemory() - local) {
          throw new IllegalArgumentException(
              "local memory must be no more than the device has: kernel=%s index=%d bytes=%d left=%d"
                  .formatted(name, i, bytes, device.localMemory() - local));
        }
        local += bytes;
      }
    }
  }

  private static String type(@Nullable Object argument) {
    return argument == null ? "null" : argument.getClass().getSimpleName();
  }

  private MemorySegment value(
      int index, @Nullable Object argument, List<NativeHandle> used, Arena arena) {
    return switch (argument) {
      case ClBuffer buffer when buffer.context() == device.context() ->
          arena.allocateFrom(ValueLayout.JAVA_LONG, use(buffer.handle(), used));
      case OpenClLocal _ -> MemorySegment.NULL;
      case Integer number -> arena.allocateFrom(ValueLayout.JAVA_INT, number);
      case Long number -> arena.allocateFrom(ValueLayout.JAVA_LONG, number);
      case Float number -> arena.allocateFrom(ValueLayout.JAVA_FLOAT, number);
      case Double number -> arena.allocateFrom(ValueLayout.JAVA_DOUBLE, number);
      case Short number -> arena.allocateFrom(ValueLayout.JAVA_SHORT, number);
      case Byte number -> arena.allocateFrom(ValueLayout.JAVA_BYTE, number);
      case MemorySegment bytes -> arena.allocate(bytes.byteSize(), 16).copyFrom(bytes);
      case null, default ->
          throw new IllegalArgumentException(
              "an argument must be a buffer of the same platform, local memory, a number or bytes:"
                  + " kernel=%s index=%d type=%s".formatted(name, index, type(argument)));
    };
  }

  private static long use(NativeHandle handle, List<NativeHandle> used) {
    long object = handle.use();
    used.add(handle);
    return object;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int parameters() {
    return places.size();
  }

  @Override
  public void close() {
    handle.close();
  }

  @Override
  public String toString() {
    return name + " of " + device.info().id();
  }
}
