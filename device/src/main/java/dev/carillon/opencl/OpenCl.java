package dev.carillon.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceException;
import dev.carillon.spi.DeviceUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The functions of OpenCL that are used here, of one library. Safe for use by any thread. */
@SuppressWarnings("restricted") // calling a driver is what this is for
final class OpenCl {
  /*
   * The library stays loaded for ever, as its driver's threads live as long as the process. What
   * OpenCL calls objects are pointers that only the driver looks into; here they are longs, which
   * are passed in the same way by every 64-bit convention. Each call has a confined arena for what
   * the driver writes to, which ends with the call, unless the caller hands memory over.
   */
  static final List<String> NAMES =
      List.of(
          "libOpenCL.so.1",
          "libOpenCL.so",
          "OpenCL.dll",
          "/System/Library/Frameworks/OpenCL.framework/OpenCL");
  static final String HOW_TO_GET_IT =
      "install the OpenCL driver of the device's maker; one that computes on the CPU is PoCL, on"
          + " Debian and Ubuntu: apt-get install pocl-opencl-icd ocl-icd-libopencl1";

  static final int DEVICE_NOT_FOUND = -1;
  static final int FAILED_BEFORE = -14; // of something that was waited for
  static final int PLATFORM_NOT_FOUND = -1001;

  static final int PLATFORM_VERSION = 0x0901;
  static final int PLATFORM_NAME = 0x0902;
  static final long DEVICE_TYPE_ALL = 0xFFFF_FFFFL;
  static final int DEVICE_TYPE = 0x1000;
  static final int DEVICE_MAX_COMPUTE_UNITS = 0x1002;
  static final int DEVICE_MAX_WORK_GROUP_SIZE = 0x1004;
  static final int DEVICE_MAX_CLOCK_FREQUENCY = 0x100C;
  static final int DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010;
  static final int DEVICE_GLOBAL_MEM_SIZE = 0x101F;
  static final int DEVICE_LOCAL_MEM_SIZE = 0x1023;
  static final int DEVICE_QUEUE_PROPERTIES = 0x102A;
  static final int DEVICE_NAME = 0x102B;
  static final int DEVICE_VENDOR = 0x102C;
  static final int DRIVER_VERSION = 0x102D;
  static final int DEVICE_VERSION = 0x102F;
  static final int DEVICE_EXTENSIONS = 0x1030;
  static final int CONTEXT_PLATFORM = 0x1084;
  static final int QUEUE_PROPERTIES = 0x1093;
  static final int QUEUE_PRIORITY = 0x1096;
  static final int PRIORITY_HIGH = 1;
  static final int PRIORITY_LOW = 4;
  static final int QUEUE_OUT_OF_ORDER = 1;
  static final int QUEUE_PROFILING = 2;
  static final long MEM_READ_WRITE = 1;
  static final int PROGRAM_BUILD_LOG = 0x1183;
  static final int KERNEL_NUM_ARGS = 0x1191;
  static final int KERNEL_ARG_PLACE = 0x1196;
  static final int PLACE_UNKNOWN = 0;
  static final int PLACE_GLOBAL = 0x119B;
  static final int PLACE_LOCAL = 0x119C;
  static final int PLACE_CONSTANT = 0x119D;
  static final int PLACE_PRIVATE = 0x119E;
  static final int EVENT_STATUS = 0x11D3;
  static final int COMMAND_END = 0x1283;
  static final int COMPLETE = 0;

  private static final String CREATE_QUEUE_WITH = "clCreateCommandQueueWithProperties";

  /** A function that gives a value's bytes and its size. */
  @FunctionalInterface
  private interface Sized {
    int ask(long size, MemorySegment value, MemorySegment actual) throws Throwable;
  }

  /** A function that answers a code. */
  @FunctionalInterface
  private interface Call {
    int run() throws Throwable;
  }

  /** A function that answers a code, or an object, and writes the other of the two. */
  @FunctionalInterface
  private interface Maker<T> {
    T make(MemorySegment out) throws Throwable;
  }

  private final String name;
  private final MemorySegment platformIds;
  private final MemorySegment platformInfo;
  private final MemorySegment deviceIds;
  private final MemorySegment deviceInfo;
  private final MemorySegment createContext;
  private final MemorySegment releaseContext;
  private final MemorySegment createQueue;
  private final Optional<MemorySegment> createQueueWith; // none in libraries before 2.0
  private final MemorySegment releaseQueue;
  private final MemorySegment flush;
  private final MemorySegment createBuffer;
  private final MemorySegment releaseMemory;
  private final MemorySegment createProgram;
  private final MemorySegment buildProgram;
  private final MemorySegment buildInfo;
  private final MemorySegment releaseProgram;
  private final MemorySegment createKernel;
  private final MemorySegment kernelInfo;
  private final MemorySegment kernelArgInfo;
  private final MemorySegment setKernelArg;
  private final MemorySegment releaseKernel;
  private final MemorySegment createUserEvent;
  private final MemorySegment setUserEventStatus;
  private final MemorySegment releaseEvent;
  private final MemorySegment eventInfo;
  private final MemorySegment eventProfilingInfo;
  private final MemorySegment setEventCallback;
  private final MemorySegment enqueueMarker;
  private final MemorySegment enqueueBarrier;
  private final MemorySegment enqueueRead;
  private final MemorySegment enqueueWrite;
  private final MemorySegment enqueueCopy;
  private final MemorySegment enqueueFill;
  private final MemorySegment enqueueKernel;

  private OpenCl(String name, SymbolLookup library) {
    this.name = name;
    platformIds = library.findOrThrow("clGetPlatformIDs");
    platformInfo = library.findOrThrow("clGetPlatformInfo");
    deviceIds = library.findOrThrow("clGetDeviceIDs");
    deviceInfo = library.findOrThrow("clGetDeviceInfo");
    createContext = library.findOrThrow("clCreateContext");
    releaseContext = library.findOrThrow("clReleaseContext");
    createQueue = library.findOrThrow("clCreateCommandQueue");
    createQueueWith = library.find(CREATE_QUEUE_WITH);
    releaseQueue = library.findOrThrow("clReleaseCommandQueue");
    flush = library.findOrThrow("clFlush");
    createBuffer = library.findOrThrow("clCreateBuffer");
    releaseMemory = library.findOrThrow("clReleaseMemObject");
    createProgram = library.findOrThrow("clCreateProgramWithSource");
    buildProgram = library.findOrThrow("clBuildProgram");
    buildInfo = library.findOrThrow("clGetProgramBuildInfo");
    releaseProgram = library.findOrThrow("clReleaseProgram");
    createKernel = library.findOrThrow("clCreateKernel");
    kernelInfo = library.findOrThrow("clGetKernelInfo");
    kernelArgInfo = library.findOrThrow("clGetKernelArgInfo");
    setKernelArg = library.findOrThrow("clSetKernelArg");
    releaseKernel = library.findOrThrow("clReleaseKernel");
    createUserEvent = library.findOrThrow("clCreateUserEvent");
    setUserEventStatus = library.findOrThrow("clSetUserEventStatus");
    releaseEvent = library.findOrThrow("clReleaseEvent");
    eventInfo = library.findOrThrow("clGetEventInfo");
    eventProfilingInfo = library.findOrThrow("clGetEventProfilingInfo");
    setEventCallback = library.findOrThrow("clSetEventCallback");
    enqueueMarker = library.findOrThrow("clEnqueueMarkerWithWaitList");
    enqueueBarrier = library.findOrThrow("clEnqueueBarrierWithWaitList");
    enqueueRead = library.findOrThrow("clEnqueueReadBuffer");
    enqueueWrite = library.findOrThrow("clEnqueueWriteBuffer");
    enqueueCopy = library.findOrThrow("clEnqueueCopyBuffer");
    enqueueFill = library.findOrThrow("clEnqueueFillBuffer");
    enqueueKernel = library.findOrThrow("clEnqueueNDRangeKernel");
  }

  /**
   * {@return the first of these libraries that is here}
   *
   * @param names file names or paths, in the order in which they are tried
   */
  static OpenCl load(List<String> names) {
    for (String name : names) {
      SymbolLookup library;
      try {
        library = SymbolLookup.libraryLookup(name, Arena.global());
      } catch (IllegalArgumentException _) { // it is not here
        continue;
      }
      try {
        return new OpenCl(name, library);
      } catch (NoSuchElementException e) {
        throw new DeviceUnavailableException(
            "OpenCL must be 1.2 or newer: library="
                + name
                + ": it lacks a function; "
                + HOW_TO_GET_IT,
            e);
      }
    }
    throw new DeviceUnavailableException(
        "there is no OpenCL: looked for the libraries "
            + names
            + " where this system looks for libraries; "
            + HOW_TO_GET_IT);
  }

  /** {@return the library's name} */
  String name() {
    return name;
  }

  /** {@return all platforms; none if there is no driver} */
  long[] platforms() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      int code =
          code(() -> (int) Forms.I_IAA.invokeExact(platformIds, 0, MemorySegment.NULL, count));
      int found = count.get(JAVA_INT, 0);
      if (code == PLATFORM_NOT_FOUND || (code == 0 && found == 0)) {
        return new long[0];
      }
      check("clGetPlatformIDs", code);
      MemorySegment ids = arena.allocate(JAVA_LONG, found);
      run("clGetPlatformIDs", () -> (int) Forms.I_IAA.invokeExact(platformIds, found, ids, count));
      return ids.toArray(JAVA_LONG);
    }
  }

  /** {@return all devices of a platform; none if it has none} */
  long[] devices(long platform) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(JAVA_INT);
      int code =
          code(() ->
              (int)
                  Forms.I_LLIAA.invokeExact(
                      deviceIds, platform, DEVICE_TYPE_ALL, 0, MemorySegment.NULL, count));
      int found = count.get(JAVA_INT, 0);
      if (code == DEVICE_NOT_FOUND || (code == 0 && found == 0)) {
        return new long[0];
      }
      check("clGetDeviceIDs", code);
      MemorySegment ids = arena.allocate(JAVA_LONG, found);
      run(
          "clGetDeviceIDs",
          () ->
              (int)
                  Forms.I_LLIAA.invokeExact(
                      deviceIds, platform, DEVICE_TYPE_ALL, found, ids, count));
      return ids.toArray(JAVA_LONG);
    }
  }

  String platformText(long platform, int what) {
    return text(
        "clGetPlatformInfo",
        (n, v, a) -> (int) Forms.I_LILAA.invokeExact(platformInfo, platform, what, n, v, a));
  }

  String deviceText(long device, int what) {
    return text(
        "clGetDeviceInfo",
        (n, v, a) -> (int) Forms.I_LILAA.invokeExact(deviceInfo, device, what, n, v, a));
  }

  /** {@return a property of a device that is a number of 4 or 8 bytes} */
  long deviceNumber(long device, int what) {
    return wide(
        "clGetDeviceInfo",
        out ->
            (int) Forms.I_LILAA.invokeExact(deviceInfo, device, what, 8L, out, MemorySegment.NULL));
  }

  long createContext(long platform, long[] devices) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment properties = arena.allocateFrom(JAVA_LONG, CONTEXT_PLATFORM, platform, 0);
      MemorySegment ids = arena.allocateFrom(JAVA_LONG, devices);
      MemorySegment none = MemorySegment.NULL;
      return object(
          "clCreateContext",
          code ->
              (long)
                  Forms.L_AIAAAA.invokeExact(
                      createContext, properties, devices.length, ids, none, none, code));
    }
  }

  void releaseContext(long context) {
    run("clReleaseContext", () -> (int) Forms.I_L.invokeExact(releaseContext, context));
  }

  long createQueue(long context, long device, long properties) {
    return object(
        "clCreateCommandQueue",
        code -> (long) Forms.L_LLLA.invokeExact(createQueue, context, device, properties, code));
  }

  /** {@return whether there are queues with priorities, for devices that know them} */
  boolean hasPriorities() {
    return createQueueWith.isPresent();
  }

  /** As the other; only if it {@link #hasPriorities}, and for platforms of version 2 or newer. */
  long createQueue(long context, long device, long properties, int priority) {
    MemorySegment create = createQueueWith.orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment list =
          arena.allocateFrom(JAVA_LONG, QUEUE_PROPERTIES, properties, QUEUE_PRIORITY, priority, 0);
      return object(
          CREATE_QUEUE_WITH,
          code -> (long) Forms.L_LLAA.invokeExact(create, context, device, list, code));
    }
  }

  void releaseQueue(long queue) {
    run("clReleaseCommandQueue", () -> (int) Forms.I_L.invokeExact(releaseQueue, queue));
  }

  void flush(long queue) {
    run("clFlush", () -> (int) Forms.I_L.invokeExact(flush, queue));
  }

  long createBuffer(long context, long bytes) {
    return object(
        "clCreateBuffer of " + bytes + " bytes",
        code ->
            (long)
                Forms.L_LLLAA.invokeExact(
                    createBuffer, context, MEM_READ_WRITE, bytes, MemorySegment.NULL, code));
  }

  void releaseMemory(long buffer) {
    run("clReleaseMemObject", () -> (int) Forms.I_L.invokeExact(releaseMemory, buffer));
  }

  long createProgram(long context, String source) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment texts = arena.allocateFrom(ADDRESS, string(arena, source));
      return object(
          "clCreateProgramWithSource",
          code ->
              (long)
                  Forms.L_LIAAA.invokeExact(
                      createProgram, context, 1, texts, MemorySegment.NULL, code));
    }
  }

  /** {@return the code of the call} Blocks until the compiler has ended. */
  int buildProgram(long program, long device, String options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment devices = arena.allocateFrom(JAVA_LONG, device);
      MemorySegment text = string(arena, options);
      MemorySegment none = MemorySegment.NULL;
      return code(() ->
          (int) Forms.I_LIAAAA.invokeExact(buildProgram, program, 1, devices, text, none, none));
    }
  }

  String buildLog(long program, long device) {
    return text(
        "clGetProgramBuildInfo",
        (n, v, a) ->
            (int)
                Forms.I_LLILAA.invokeExact(buildInfo, program, device, PROGRAM_BUILD_LOG, n, v, a));
  }

  void releaseProgram(long program) {
    run("clReleaseProgram", () -> (int) Forms.I_L.invokeExact(releaseProgram, program));
  }

  long createKernel(long program, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = string(arena, name);
      return object(
          "clCreateKernel of \"" + name + "\"",
          code -> (long) Forms.L_LAA.invokeExact(createKernel, program, text, code));
    }
  }

  int kernelArguments(long kernel) {
    return (int)
        wide(
            "clGetKernelInfo",
            out ->
                (int)
                    Forms.I_LILAA.invokeExact(
                        kernelInfo, kernel, KERNEL_NUM_ARGS, 4L, out, MemorySegment.NULL));
  }

  /** {@return in which memory an argument points, or that it does not; unknown if nobody tells} */
  int kernelArgumentPlace(long kernel, int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      MemorySegment none = MemorySegment.NULL;
      int code =
          code(() ->
              (int)
                  Forms.I_LIILAA.invokeExact(
                      kernelArgInfo, kernel, index, KERNEL_ARG_PLACE, 4L, out, none));
      return code == 0 ? out.get(JAVA_INT, 0) : PLACE_UNKNOWN;
    }
  }

  void setKernelArgument(long kernel, int index, long size, MemorySegment value) {
    int code = code(() -> (int) Forms.I_LILA.invokeExact(setKernelArg, kernel, index, size, value));
    if (code != 0) {
      throw failed("clSetKernelArg of argument " + index + " with " + size + " bytes", code);
    }
  }

  void releaseKernel(long kernel) {
    run("clReleaseKernel", () -> (int) Forms.I_L.invokeExact(releaseKernel, kernel));
  }

  long createUserEvent(long context) {
    return object(
        "clCreateUserEvent", code -> (long) Forms.L_LA.invokeExact(createUserEvent, context, code));
  }

  void setUserEventStatus(long event, int status) {
    run(
        "clSetUserEventStatus",
        () -> (int) Forms.I_LI.invokeExact(setUserEventStatus, event, status));
  }

  void releaseEvent(long event) {
    run("clReleaseEvent", () -> (int) Forms.I_L.invokeExact(releaseEvent, event));
  }

  /** {@return 0 if it is complete, more if it is not, less if it failed: the code of the error} */
  int eventStatus(long event) {
    return (int)
        wide(
            "clGetEventInfo",
            out ->
                (int)
                    Forms.I_LILAA.invokeExact(
                        eventInfo, event, EVENT_STATUS, 4L, out, MemorySegment.NULL));
  }

  /** {@return when a command of a queue with profiling ended, in nanoseconds of the device} */
  long eventEnd(long event) {
    return wide(
        "clGetEventProfilingInfo",
        out ->
            (int)
                Forms.I_LILAA.invokeExact(
                    eventProfilingInfo, event, COMMAND_END, 8L, out, MemorySegment.NULL));
  }

  void setEventCallback(long event, MemorySegment function, long token) {
    run(
        "clSetEventCallback",
        () -> (int) Forms.I_LIAL.invokeExact(setEventCallback, event, COMPLETE, function, token));
  }

  // What is enqueued gives an event, which whoever called releases. Commands wait for the events of
  // a list, which is of longs and may be empty.

  long enqueueMarker(long queue, MemorySegment waits) {
    return wide(
        "clEnqueueMarkerWithWaitList",
        out ->
            (int) Forms.I_LIAA.invokeExact(enqueueMarker, queue, count(waits), list(waits), out));
  }

  long enqueueBarrier(long queue, MemorySegment waits) {
    return wide(
        "clEnqueueBarrierWithWaitList",
        out ->
            (int) Forms.I_LIAA.invokeExact(enqueueBarrier, queue, count(waits), list(waits), out));
  }

  long enqueueRead(
      long queue, MemorySegment waits, long buffer, long offset, MemorySegment memory) {
    return wide(
        "clEnqueueReadBuffer",
        out ->
            (int)
                Forms.I_LLILLAIAA.invokeExact(
                    enqueueRead,
                    queue,
                    buffer,
                    0,
                    offset,
                    memory.byteSize(),
                    memory,
                    count(waits),
                    list(waits),
                    out));
  }

  long enqueueWrite(
      long queue, MemorySegment waits, long buffer, long offset, MemorySegment memory) {
    return wide(
        "clEnqueueWriteBuffer",
        out ->
            (int)
                Forms.I_LLILLAIAA.invokeExact(
                    enqueueWrite,
                    queue,
                    buffer,
                    0,
                    offset,
                    memory.byteSize(),
                    memory,
                    count(waits),
                    list(waits),
                    out));
  }

  long enqueueCopy(
      long queue,
      MemorySegment waits,
      long from,
      long fromOffset,
      long to,
      long toOffset,
      long size) {
    return wide(
        "clEnqueueCopyBuffer",
        out ->
            (int)
                Forms.I_LLLLLLIAA.invokeExact(
                    enqueueCopy,
                    queue,
                    from,
                    to,
                    fromOffset,
                    toOffset,
                    size,
                    count(waits),
                    list(waits),
                    out));
  }

  long enqueueFill(
      long queue, MemorySegment waits, long buffer, long offset, long size, MemorySegment pattern) {
    return wide(
        "clEnqueueFillBuffer",
        out ->
            (int)
                Forms.I_LLALLLIAA.invokeExact(
                    enqueueFill,
                    queue,
                    buffer,
                    pattern,
                    pattern.byteSize(),
                    offset,
                    size,
                    count(waits),
                    list(waits),
                    out));
  }

  long enqueueKernel(
      long queue,
      MemorySegment waits,
      long kernel,
      int dimensions,
      MemorySegment global,
      MemorySegment local) {
    return wide(
        "clEnqueueNDRangeKernel",
        out ->
            (int)
                Forms.I_LLIAAAIAA.invokeExact(
                    enqueueKernel,
                    queue,
                    kernel,
                    dimensions,
                    MemorySegment.NULL,
                    global,
                    local,
                    count(waits),
                    list(waits),
                    out));
  }

  private static int count(MemorySegment waits) {
    return (int) (waits.byteSize() / Long.BYTES);
  }

  // OpenCL wants no address where the list is empty.
  private static MemorySegment list(MemorySegment waits) {
    return waits.byteSize() == 0 ? MemorySegment.NULL : waits;
  }

  private static MemorySegment string(Arena arena, String text) {
    int zero = text.indexOf(0);
    if (zero >= 0) {
      throw new IllegalArgumentException(
          "a text for OpenCL must not have the character 0, which ends it: index=" + zero);
    }
    return arena.allocateFrom(text);
  }

  private static String text(String call, Sized info) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment actual = arena.allocate(JAVA_LONG);
      run(call, () -> info.ask(0, MemorySegment.NULL, actual));
      long size = actual.get(JAVA_LONG, 0);
      MemorySegment value = arena.allocate(size + 1); // a zero follows, if the driver wrote none
      run(call, () -> info.ask(size, value, actual));
      return value.getString(0).strip();
    }
  }

  /** {@return the number of 4 or 8 bytes that a function writes} */
  private static long wide(String call, Maker<Integer> function) {
    Scratch scratch = Scratch.take();
    try {
      MemorySegment out = scratch.number();
      run(call, () -> function.make(out));
      return out.get(JAVA_LONG, 0);
    } finally {
      scratch.give();
    }
  }

  private static long object(String call, Maker<Long> function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate(JAVA_INT);
      long object = function.make(code);
      check(call, code.get(JAVA_INT, 0));
      return object;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static void run(String call, Call function) {
    check(call, code(function));
  }

  private static int code(Call function) {
    try {
      return function.run();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    return switch (e) {
      case RuntimeException known -> known;
      case Error error -> throw error;
      default -> new DeviceException("a function of the driver cannot be called", e);
    };
  }

  private static void check(String call, int code) {
    if (code != 0) {
      throw failed(call, code);
    }
  }

  /**
   * {@return the exception for a call that failed}
   *
   * @param call the function, and what it was asked about
   * @param code what it answered
   */
  static DeviceException failed(String call, int code) {
    return new DeviceException(call + " failed: " + OpenClError.describe(code));
  }
}
