package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The functions of the driver that are used here, with their constants. Each returns its code. */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class CudaApi {
  /*
   * Handles, device addresses and sizes are 64 bits wide wherever there is a driver, so they are
   * longs here and make no garbage. A method handle belongs to a form of arguments and not to a
   * function: it is a constant that the compiler sees through, while addresses of functions are
   * fields, since what they are is known when a library was opened. No call is a "critical" one but
   * the one that only reads what the thread has: a driver takes locks, and a thread that waits in a
   * critical call would keep the collector waiting.
   */

  static final int SUCCESS = 0;
  static final int INVALID_VALUE = 1;
  static final int INVALID_CONTEXT = 201;
  static final int NOT_READY = 600;
  static final int NOT_FOUND = 500;
  static final int CONTEXT_IS_DESTROYED = 709;

  static final int COMPUTE_CAPABILITY_MAJOR = 75;
  static final int COMPUTE_CAPABILITY_MINOR = 76;
  static final int MULTIPROCESSOR_COUNT = 16;
  static final int STREAM_MEMORY_OPERATIONS = 92;
  static final int MEMORY_POOLS = 115;
  static final int STREAM_MEMORY_OPERATIONS_64 = 122;

  static final int STREAM_NON_BLOCKING = 1;
  static final int EVENT_DEFAULT = 0;
  static final int EVENT_DISABLE_TIMING = 2;
  static final int WAIT_VALUE_GEQ = 0;
  static final int HOST_REGISTER_PORTABLE = 1;
  static final int HOST_REGISTER_DEVICE_MAP = 2;
  static final int CAPTURE_RELAXED = 2;
  static final int JIT_INFO_LOG = 3;
  static final int JIT_INFO_LOG_BYTES = 4;
  static final int JIT_ERROR_LOG = 5;
  static final int JIT_ERROR_LOG_BYTES = 6;
  static final long LAUNCH_PARAM_END = 0;
  static final long LAUNCH_PARAM_BUFFER = 1;
  static final long LAUNCH_PARAM_BYTES = 2;

  private static final long LONGEST_TEXT = 4096;

  // One for each form of arguments: i int, l long, handle or device address, p pointer to our
  // memory.
  private static final MethodHandle P_CRITICAL = form("p", Linker.Option.critical(true));
  private static final MethodHandle I = form("i");
  private static final MethodHandle L = form("l");
  private static final MethodHandle P = form("p");
  private static final MethodHandle IP = form("ip");
  private static final MethodHandle LI = form("li");
  private static final MethodHandle LL = form("ll");
  private static final MethodHandle LP = form("lp");
  private static final MethodHandle PI = form("pi");
  private static final MethodHandle PL = form("pl");
  private static final MethodHandle PP = form("pp");
  private static final MethodHandle LLI = form("lli");
  private static final MethodHandle LPL = form("lpl");
  private static final MethodHandle PII = form("pii");
  private static final MethodHandle PLI = form("pli");
  private static final MethodHandle PLL = form("pll");
  private static final MethodHandle PLP = form("plp");
  private static final MethodHandle LILL = form("lill");
  private static final MethodHandle LLII = form("llii");
  private static final MethodHandle LLLL = form("llll");
  private static final MethodHandle LLPP = form("llpp");
  private static final MethodHandle PPIPP = form("ppipp");
  private static final MethodHandle LLLLLL = form("llllll");
  private static final MethodHandle LAUNCH = form("liiiiiiilpp");

  private final MemorySegment init;
  private final MemorySegment getErrorName;
  private final MemorySegment getErrorString;
  private final MemorySegment deviceGetCount;
  private final MemorySegment deviceGet;
  private final MemorySegment deviceGetName;
  private final MemorySegment deviceTotalMem;
  private final MemorySegment deviceGetAttribute;
  private final MemorySegment primaryCtxRetain;
  private final MemorySegment primaryCtxRelease;
  private final MemorySegment primaryCtxReset;
  private final MemorySegment ctxGetCurrent;
  private final MemorySegment ctxSetCurrent;
  private final MemorySegment ctxPushCurrent;
  private final MemorySegment ctxPopCurrent;
  private final MemorySegment streamPriorityRange;
  private final MemorySegment streamCreate;
  private final MemorySegment streamDestroy;
  private final MemorySegment streamSynchronize;
  private final MemorySegment streamWaitEvent;
  private final MemorySegment streamWaitValue32;
  private final MemorySegment launchHostFunc;
  private final MemorySegment eventCreate;
  private final MemorySegment eventRecord;
  private final MemorySegment eventQuery;
  private final MemorySegment eventDestroy;
  private final MemorySegment eventElapsedTime;
  private final MemorySegment memAlloc;
  private final MemorySegment memFree;
  private final MemorySegment memAllocAsync;
  private final MemorySegment memFreeAsync;
  private final MemorySegment memHostRegister;
  private final MemorySegment memHostUnregister;
  private final MemorySegment memHostGetDevicePointer;
  private final MemorySegment memcpyHtoD;
  private final MemorySegment memcpyDtoH;
  private final MemorySegment memcpyDtoD;
  private final MemorySegment memcpyPeer;
  private final MemorySegment memsetD8;
  private final MemorySegment memsetD32;
  private final MemorySegment memGetInfo;
  private final MemorySegment moduleLoad;
  private final MemorySegment moduleUnload;
  private final MemorySegment moduleGetFunction;
  private final @Nullable MemorySegment funcGetParamInfo; // since 12.4
  private final @Nullable MemorySegment funcLoad; // since 12.4
  private final MemorySegment launchKernel;
  private final MemorySegment beginCapture;
  private final MemorySegment endCapture;
  private final MemorySegment graphInstantiate;
  private final MemorySegment graphLaunch;
  private final MemorySegment graphExecDestroy;
  private final MemorySegment graphDestroy;

  /**
   * Binds the functions.
   *
   * @param symbols gives a function by its plain name and by the name under which a library exports
   *     the version of it that is meant here; fails if there is none
   * @param newer the same for functions of drivers after 12.0; null if there is none
   */
  @SuppressWarnings("NullAway") // a form of BiFunction that may give null
  CudaApi(
      BiFunction<String, String, MemorySegment> symbols,
      BiFunction<String, Integer, @Nullable MemorySegment> newer) {
    init = symbols.apply("cuInit", "cuInit");
    getErrorName = symbols.apply("cuGetErrorName", "cuGetErrorName");
    getErrorString = symbols.apply("cuGetErrorString", "cuGetErrorString");
    deviceGetCount = symbols.apply("cuDeviceGetCount", "cuDeviceGetCount");
    deviceGet = symbols.apply("cuDeviceGet", "cuDeviceGet");
    deviceGetName = symbols.apply("cuDeviceGetName", "cuDeviceGetName");
    deviceTotalMem = symbols.apply("cuDeviceTotalMem", "cuDeviceTotalMem_v2");
    deviceGetAttribute = symbols.apply("cuDeviceGetAttribute", "cuDeviceGetAttribute");
    primaryCtxRetain = symbols.apply("cuDevicePrimaryCtxRetain", "cuDevicePrimaryCtxRetain");
    primaryCtxRelease = symbols.apply("cuDevicePrimaryCtxRelease", "cuDevicePrimaryCtxRelease_v2");
    primaryCtxReset = symbols.apply("cuDevicePrimaryCtxReset", "cuDevicePrimaryCtxReset_v2");
    ctxGetCurrent = symbols.apply("cuCtxGetCurrent", "cuCtxGetCurrent");
    ctxSetCurrent = symbols.apply("cuCtxSetCurrent", "cuCtxSetCurrent");
    ctxPushCurrent = symbols.apply("cuCtxPushCurrent", "cuCtxPushCurrent_v2");
    ctxPopCurrent = symbols.apply("cuCtxPopCurrent", "cuCtxPopCurrent_v2");
    streamPriorityRange =
        symbols.apply("cuCtxGetStreamPriorityRange", "cuCtxGetStreamPriorityRange");
    streamCreate = symbols.apply("cuStreamCreateWithPriority", "cuStreamCreateWithPriority");
    streamDestroy = symbols.apply("cuStreamDestroy", "cuStreamDestroy_v2");
    streamSynchronize = symbols.apply("cuStreamSynchronize", "cuStreamSynchronize");
    streamWaitEvent = symbols.apply("cuStreamWaitEvent", "cuStreamWaitEvent");
    streamWaitValue32 = symbols.apply("cuStreamWaitValue32", "cuStreamWaitValue32_v2");
    launchHostFunc = symbols.apply("cuLaunchHostFunc", "cuLaunchHostFunc");
    eventCreate = symbols.apply("cuEventCreate", "cuEventCreate");
    eventRecord = symbols.apply("cuEventRecord", "cuEventRecord");
    eventQuery = symbols.apply("cuEventQuery", "cuEventQuery");
    eventDestroy = symbols.apply("cuEventDestroy", "cuEventDestroy_v2");
    MemorySegment elapsed = newer.apply("cuEventElapsedTime", 12080);
    eventElapsedTime =
        elapsed != null ? elapsed : symbols.apply("cuEventElapsedTime", "cuEventElapsedTime");
    memAlloc = symbols.apply("cuMemAlloc", "cuMemAlloc_v2");
    memFree = symbols.apply("cuMemFree", "cuMemFree_v2");
    memAllocAsync = symbols.apply("cuMemAllocAsync", "cuMemAllocAsync");
    memFreeAsync = symbols.apply("cuMemFreeAsync", "cuMemFreeAsync");
    memHostRegister = symbols.apply("cuMemHostRegister", "cuMemHostRegister_v2");
    memHostUnregister = symbols.apply("cuMemHostUnregister", "cuMemHostUnregister");
    memHostGetDevicePointer =
        symbols.apply("cuMemHostGetDevicePointer", "cuMemHostGetDevicePointer_v2");
    memcpyHtoD = symbols.apply("cuMemcpyHtoDAsync", "cuMemcpyHtoDAsync_v2");
    memcpyDtoH = symbols.apply("cuMemcpyDtoHAsync", "cuMemcpyDtoHAsync_v2");
    memcpyDtoD = symbols.apply("cuMemcpyDtoDAsync", "cuMemcpyDtoDAsync_v2");
    memcpyPeer = symbols.apply("cuMemcpyPeerAsync", "cuMemcpyPeerAsync");
    memsetD8 = symbols.apply("cuMemsetD8Async", "cuMemsetD8Async");
    memsetD32 = symbols.apply("cuMemsetD32Async", "cuMemsetD32Async");
    memGetInfo = symbols.apply("cuMemGetInfo", "cuMemGetInfo_v2");
    moduleLoad = symbols.apply("cuModuleLoadDataEx", "cuModuleLoadDataEx");
    moduleUnload = symbols.apply("cuModuleUnload", "cuModuleUnload");
    moduleGetFunction = symbols.apply("cuModuleGetFunction", "cuModuleGetFunction");
    funcGetParamInfo = newer.apply("cuFuncGetParamInfo", 12040);
    funcLoad = newer.apply("cuFuncLoad", 12040);
    launchKernel = symbols.apply("cuLaunchKernel", "cuLaunchKernel");
    beginCapture = symbols.apply("cuStreamBeginCapture", "cuStreamBeginCapture_v2");
    endCapture = symbols.apply("cuStreamEndCapture", "cuStreamEndCapture");
    graphInstantiate = symbols.apply("cuGraphInstantiateWithFlags", "cuGraphInstantiateWithFlags");
    graphLaunch = symbols.apply("cuGraphLaunch", "cuGraphLaunch");
    graphExecDestroy = symbols.apply("cuGraphExecDestroy", "cuGraphExecDestroy");
    graphDestroy = symbols.apply("cuGraphDestroy", "cuGraphDestroy");
  }

  private static MethodHandle form(String arguments, Linker.Option... options) {
    MemoryLayout[] layouts =
        arguments
            .chars()
            .mapToObj(c -> c == 'i' ? JAVA_INT : c == 'l' ? JAVA_LONG : ADDRESS)
            .toArray(MemoryLayout[]::new);
    return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, layouts), options);
  }

  /** What a method handle may throw by its type, and a function of C does not. */
  private static IllegalStateException broken(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return new IllegalStateException("a native function threw something", thrown);
  }

  int init(int flags) {
    try {
      return (int) I.invokeExact(init, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int deviceGetCount(MemorySegment count) {
    try {
      return (int) P.invokeExact(deviceGetCount, count);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int deviceGet(MemorySegment device, int index) {
    try {
      return (int) PI.invokeExact(deviceGet, device, index);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int deviceGetName(MemorySegment name, int bytes, int device) {
    try {
      return (int) PII.invokeExact(deviceGetName, name, bytes, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int deviceTotalMem(MemorySegment bytes, int device) {
    try {
      return (int) PI.invokeExact(deviceTotalMem, bytes, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int deviceGetAttribute(MemorySegment value, int attribute, int device) {
    try {
      return (int) PII.invokeExact(deviceGetAttribute, value, attribute, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int primaryCtxRetain(MemorySegment context, int device) {
    try {
      return (int) PI.invokeExact(primaryCtxRetain, context, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int primaryCtxRelease(int device) {
    try {
      return (int) I.invokeExact(primaryCtxRelease, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int primaryCtxReset(int device) {
    try {
      return (int) I.invokeExact(primaryCtxReset, device);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int ctxSetCurrent(long context) {
    try {
      return (int) L.invokeExact(ctxSetCurrent, context);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int ctxPushCurrent(long context) {
    try {
      return (int) L.invokeExact(ctxPushCurrent, context);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int ctxPopCurrent(MemorySegment context) {
    try {
      return (int) P.invokeExact(ctxPopCurrent, context);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamPriorityRange(MemorySegment least, MemorySegment greatest) {
    try {
      return (int) PP.invokeExact(streamPriorityRange, least, greatest);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamCreate(MemorySegment stream, int flags, int priority) {
    try {
      return (int) PII.invokeExact(streamCreate, stream, flags, priority);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamDestroy(long stream) {
    try {
      return (int) L.invokeExact(streamDestroy, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamSynchronize(long stream) {
    try {
      return (int) L.invokeExact(streamSynchronize, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamWaitEvent(long stream, long event, int flags) {
    try {
      return (int) LLI.invokeExact(streamWaitEvent, stream, event, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int streamWaitValue32(long stream, long address, int value, int flags) {
    try {
      return (int) LLII.invokeExact(streamWaitValue32, stream, address, value, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int launchHostFunc(long stream, MemorySegment function, long data) {
    try {
      return (int) LPL.invokeExact(launchHostFunc, stream, function, data);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventCreate(MemorySegment event, int flags) {
    try {
      return (int) PI.invokeExact(eventCreate, event, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventRecord(long event, long stream) {
    try {
      return (int) LL.invokeExact(eventRecord, event, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventQuery(long event) {
    try {
      return (int) L.invokeExact(eventQuery, event);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventDestroy(long event) {
    try {
      return (int) L.invokeExact(eventDestroy, event);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int eventElapsedTime(MemorySegment millis, long start, long end) {
    try {
      return (int) PLL.invokeExact(eventElapsedTime, millis, start, end);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memAlloc(MemorySegment address, long bytes) {
    try {
      return (int) PL.invokeExact(memAlloc, address, bytes);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memFree(long address) {
    try {
      return (int) L.invokeExact(memFree, address);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memAllocAsync(MemorySegment address, long bytes, long stream) {
    try {
      return (int) PLL.invokeExact(memAllocAsync, address, bytes, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memFreeAsync(long address, long stream) {
    try {
      return (int) LL.invokeExact(memFreeAsync, address, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memHostRegister(long host, long bytes, int flags) {
    try {
      return (int) LLI.invokeExact(memHostRegister, host, bytes, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memHostUnregister(long host) {
    try {
      return (int) L.invokeExact(memHostUnregister, host);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memHostGetDevicePointer(MemorySegment address, long host, int flags) {
    try {
      return (int) PLI.invokeExact(memHostGetDevicePointer, address, host, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memcpyHtoD(long to, long from, long bytes, long stream) {
    try {
      return (int) LLLL.invokeExact(memcpyHtoD, to, from, bytes, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memcpyDtoH(long to, long from, long bytes, long stream) {
    try {
      return (int) LLLL.invokeExact(memcpyDtoH, to, from, bytes, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memcpyDtoD(long to, long from, long bytes, long stream) {
    try {
      return (int) LLLL.invokeExact(memcpyDtoD, to, from, bytes, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memcpyPeer(long to, long toContext, long from, long fromContext, long bytes, long stream) {
    try {
      return (int) LLLLLL.invokeExact(memcpyPeer, to, toContext, from, fromContext, bytes, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memsetD8(long to, int value, long count, long stream) {
    try {
      return (int) LILL.invokeExact(memsetD8, to, value, count, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memsetD32(long to, int value, long count, long stream) {
    try {
      return (int) LILL.invokeExact(memsetD32, to, value, count, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int memGetInfo(MemorySegment free, MemorySegment total) {
    try {
      return (int) PP.invokeExact(memGetInfo, free, total);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int moduleLoad(
      MemorySegment module,
      MemorySegment image,
      int count,
      MemorySegment options,
      MemorySegment values) {
    try {
      return (int) PPIPP.invokeExact(moduleLoad, module, image, count, options, values);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int moduleUnload(long module) {
    try {
      return (int) L.invokeExact(moduleUnload, module);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int moduleGetFunction(MemorySegment function, long module, MemorySegment name) {
    try {
      return (int) PLP.invokeExact(moduleGetFunction, function, module, name);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int beginCapture(long stream, int mode) {
    try {
      return (int) LI.invokeExact(beginCapture, stream, mode);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int endCapture(long stream, MemorySegment graph) {
    try {
      return (int) LP.invokeExact(endCapture, stream, graph);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int graphInstantiate(MemorySegment executable, long graph, long flags) {
    try {
      return (int) PLL.invokeExact(graphInstantiate, executable, graph, flags);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int graphLaunch(long executable, long stream) {
    try {
      return (int) LL.invokeExact(graphLaunch, executable, stream);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int graphExecDestroy(long executable) {
    try {
      return (int) L.invokeExact(graphExecDestroy, executable);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  int graphDestroy(long graph) {
    try {
      return (int) L.invokeExact(graphDestroy, graph);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** {@return the context that is current on this thread; 0 if none is} */
  long current() {
    long[] context = new long[1];
    try {
      int code = (int) P_CRITICAL.invokeExact(ctxGetCurrent, MemorySegment.ofArray(context));
      return code == SUCCESS ? context[0] : 0;
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** {@return what the driver says; {@link #NOT_FOUND} also if it cannot be asked} */
  int funcGetParamInfo(long function, long index, MemorySegment offset, MemorySegment size) {
    if (funcGetParamInfo == null) {
      return NOT_FOUND;
    }
    try {
      return (int) LLPP.invokeExact(funcGetParamInfo, function, index, offset, size);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** {@return what the driver says; {@link #SUCCESS} also if it cannot be told} */
  int funcLoad(long function) {
    if (funcLoad == null) {
      return SUCCESS;
    }
    try {
      return (int) L.invokeExact(funcLoad, function);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /** {@return whether functions can be asked for their parameters} */
  boolean knowsParameters() {
    return funcGetParamInfo != null;
  }

  int launchKernel(long function, LaunchShape shape, long stream, MemorySegment extra) {
    try {
      return (int)
          LAUNCH.invokeExact(
              launchKernel,
              function,
              shape.gridX(),
              shape.gridY(),
              shape.gridZ(),
              shape.blockX(),
              shape.blockY(),
              shape.blockZ(),
              shape.sharedBytes(),
              stream,
              MemorySegment.NULL,
              extra);
    } catch (Throwable e) {
      throw broken(e);
    }
  }

  /**
   * Does nothing if a call went well.
   *
   * @throws DeviceException if it did not
   */
  void check(String call, int code) {
    if (code != SUCCESS) {
      throw failure(call, code);
    }
  }

  /** {@return the exception for a call that did not go well} */
  DeviceException failure(String call, int code) {
    return new DeviceException(describe(call, code));
  }

  /** {@return which call answered what, by number, name and text} */
  String describe(String call, int code) {
    return "%s answered %d, %s: %s"
        .formatted(
            call,
            code,
            text(getErrorName, code, "an error without a name"),
            text(getErrorString, code, "the driver has no text for it"));
  }

  private static String text(MemorySegment function, int code, String otherwise) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(ADDRESS);
      int answer = (int) IP.invokeExact(function, code, text);
      MemorySegment found = text.get(ADDRESS, 0);
      return answer != SUCCESS || found.address() == 0
          ? otherwise
          : found.reinterpret(LONGEST_TEXT).getString(0);
    } catch (Throwable e) {
      throw broken(e);
    }
  }
}
