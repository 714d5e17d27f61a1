package dev.carillon.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program that the driver has loaded. */
final class LocalModule extends Resource implements CudaModule {
  private static final int LOG_BYTES = 16 * 1024;

  private final long handle;

  private LocalModule(CudaContext context, long handle) {
    super(context, "a program on " + context.gpu().id());
    this.handle = handle;
    context.add(this);
  }

  static LocalModule load(CudaContext context, String ptx) {
    try (Arena arena = Arena.ofConfined()) {
      return load(context, arena, arena.allocateFrom(ptx));
    }
  }

  /** Text has to end with a zero; behind a binary one does no harm. */
  static LocalModule load(CudaContext context, byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ended = arena.allocate(image.length + 1L, Long.BYTES);
      MemorySegment.copy(image, 0, ended, JAVA_BYTE, 0, image.length);
      return load(context, arena, ended);
    }
  }

  /** The values of options are pointers, of which those for sizes are the sizes themselves. */
  private static LocalModule load(CudaContext context, Arena arena, MemorySegment image) {
    context.sweep();
    MemorySegment errors = arena.allocate(LOG_BYTES);
    MemorySegment remarks = arena.allocate(LOG_BYTES);
    MemorySegment options =
        arena.allocateFrom(
            JAVA_INT,
            CudaApi.JIT_ERROR_LOG,
            CudaApi.JIT_ERROR_LOG_BYTES,
            CudaApi.JIT_INFO_LOG,
            CudaApi.JIT_INFO_LOG_BYTES);
    MemorySegment values =
        arena.allocateFrom(JAVA_LONG, errors.address(), LOG_BYTES, remarks.address(), LOG_BYTES);
    CudaApi api = context.api();
    MemorySegment out = arena.allocate(JAVA_LONG);
    long entered = context.enter();
    int code;
    try {
      code =
          api.moduleLoad(out, image, (int) (options.byteSize() / Integer.BYTES), options, values);
      if (code == CudaApi.SUCCESS) {
        entered = context.leave(entered);
        return new LocalModule(context, out.get(JAVA_LONG, 0));
      }
    } finally {
      context.exit(entered);
    }
    errors.set(JAVA_BYTE, LOG_BYTES - 1L, (byte) 0);
    throw new DeviceException(
        "a program must be one for this device: device=%s, %s; the compiler says: %s"
            .formatted(
                context.gpu(),
                api.describe("cuModuleLoadDataEx", code),
                said(errors.getString(0))));
  }

  private static String said(String log) {
    return log.isBlank() ? "nothing" : log.strip();
  }

  /**
   * Drivers load a kernel when it is used first, and may wait for all that is on the device then:
   * at a launch they would wait for gates. So it is loaded now, by those that can be told so.
   */
  @Override
  public CudaFunction function(String name) {
    take();
    try {
      long entered = context().enter();
      try (Arena arena = Arena.ofConfined()) {
        CudaApi api = context().api();
        MemorySegment out = arena.allocate(ADDRESS);
        int code = api.moduleGetFunction(out, handle, arena.allocateFrom(name));
        if (code != CudaApi.SUCCESS) {
          throw new DeviceException(
              "a program must have the function: function=%s, %s"
                  .formatted(name, api.describe("cuModuleGetFunction", code)));
        }
        long function = out.get(ADDRESS, 0).address();
        api.check("cuFuncLoad", api.funcLoad(function));
        return new LocalFunction(this, name, function, parameters(arena, function));
      } finally {
        context().exit(entered);
      }
    } finally {
      give();
    }
  }

  /**
   * {@return a function's parameters, as long as the driver knows another; null if it tells none}
   */
  private @Nullable List<LocalFunction.Parameter> parameters(Arena arena, long function) {
    CudaApi api = context().api();
    if (!api.knowsParameters()) {
      return null;
    }
    var all = new ArrayList<LocalFunction.Parameter>();
    MemorySegment offset = arena.allocate(JAVA_LONG);
    MemorySegment size = arena.allocate(JAVA_LONG);
    int code = api.funcGetParamInfo(function, 0, offset, size);
    while (code == CudaApi.SUCCESS) {
      all.add(new LocalFunction.Parameter(offset.get(JAVA_LONG, 0), size.get(JAVA_LONG, 0)));
      code = api.funcGetParamInfo(function, all.size(), offset, size);
    }
    return code == CudaApi.INVALID_VALUE ? all : null; // other answers do not say "no more"
  }

  @Override
  int free() {
    return context().api().moduleUnload(handle);
  }

  @Override
  public void close() {
    closeOnce();
  }
}
