package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Memory of this process, registered with the driver. */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class LocalHostBuffer extends Resource implements CudaHostBuffer {
  /*
   * The memory is of an arena of its own, which is closed when the driver has let go of it or the
   * context has ended. What users see is the same memory in the scope of a second arena, closed when
   * they close the buffer or the context has ended, so that late accesses fail instead of reading
   * what belongs to others.
   */
  private static final System.Logger LOG = System.getLogger(LocalHostBuffer.class.getName());

  private final Arena memory;
  private final Arena view = Arena.ofShared();
  private final MemorySegment segment;
  private final long place;
  private final long address; // of the same on the device

  private LocalHostBuffer(CudaContext context, Arena memory, MemorySegment all, long address) {
    super(context, "a buffer of %d bytes on the host".formatted(all.byteSize()));
    this.memory = memory;
    this.segment = all.reinterpret(view, null);
    this.place = all.address();
    this.address = address;
    context.add(this);
  }

  static LocalHostBuffer allocate(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer must have 1 byte or more: bytes=" + bytes);
    }
    context.sweep();
    Arena memory = Arena.ofShared();
    boolean isWell = false;
    try {
      MemorySegment all = allocated(context, memory, bytes);
      long address;
      long entered = context.enter();
      try {
        CudaApi api = context.api();
        int flags = CudaApi.HOST_REGISTER_PORTABLE | CudaApi.HOST_REGISTER_DEVICE_MAP;
        int code = api.memHostRegister(all.address(), bytes, flags);
        if (code != CudaApi.SUCCESS) {
          throw refused(context, bytes, api.describe("cuMemHostRegister", code), null);
        }
        address = devicePointer(context, all.address());
        entered = context.leave(entered);
        var made = new LocalHostBuffer(context, memory, all, address);
        isWell = true;
        return made;
      } finally {
        context.exit(entered);
      }
    } finally {
      if (!isWell) {
        memory.close();
      }
    }
  }

  private static MemorySegment allocated(CudaContext context, Arena memory, long bytes) {
    try {
      return memory.allocate(bytes, CudaContext.PAGE);
    } catch (OutOfMemoryError e) { // of what the JVM may have outside its heap
      throw refused(
          context, bytes, e.getMessage() + " (-XX:MaxDirectMemorySize says how much it may)", e);
    }
  }

  private static DeviceException refused(
      CudaContext context, long bytes, String why, @Nullable Throwable cause) {
    return new DeviceException(
        "a buffer on the host could not be allocated: bytes=%d, device=%s: %s"
            .formatted(bytes, context.gpu().id(), why),
        cause);
  }

  private static long devicePointer(CudaContext context, long host) {
    CudaApi api = context.api();
    try {
      return context.created(
          "cuMemHostGetDevicePointer", out -> api.memHostGetDevicePointer(out, host, 0));
    } catch (DeviceException e) {
      context.said("cuMemHostUnregister", api.memHostUnregister(host));
      throw e;
    }
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  /** {@return where it is on the host, while it is taken} */
  long place() {
    return place;
  }

  /** {@return where it is on the device, while it is taken} */
  long address() {
    return address;
  }

  @Override
  int free() {
    return context().api().memHostUnregister(place);
  }

  @Override
  void end() {
    try {
      closeView();
    } catch (IllegalStateException e) { // as when it is dropped, which says so
      LOG.log(System.Logger.Level.DEBUG, "a segment is in use", e);
    }
  }

  @Override
  synchronized void drop() {
    try {
      closeView();
    } catch (IllegalStateException e) { // a call has it, and must not find it gone
      LOG.log(
          System.Logger.Level.WARNING,
          () -> what() + " stays in memory, as its segment was in use when its device ended");
      return;
    }
    if (memory.scope().isAlive()) {
      memory.close();
    }
  }

  private synchronized void closeView() {
    if (view.scope().isAlive()) {
      view.close();
    }
  }

  @Override
  public void close() {
    try {
      closeView();
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "a buffer must not be closed while a native call or a channel uses its segment: buffer="
              + what(),
          e);
    }
    closeOnce();
  }
}
