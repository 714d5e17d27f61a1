package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Memory of this process, registered with the driver. */
@SuppressWarnings("restricted") // needs --enable-native-access, as the module says
final class LocalHostBuffer extends Resource implements CudaHostBuffer {
  /*
   * The memory is of an arena of its own, which is closed when the driver has let go of it or the
   * context has ended. What users see is the same memory in the scope of a second arena, closed when
   * they close the buffer or the context has ended, so that late accesses fail instead of reading
   * what belongs to others.
   */
  private static final long PAGE = 4096;

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
      MemorySegment all = memory.allocate(bytes, PAGE);
      long address;
      long entered = context.enter();
      try {
        CudaApi api = context.api();
        api.check(
            "cuMemHostRegister",
            api.memHostRegister(
                all.address(),
                bytes,
                CudaApi.HOST_REGISTER_PORTABLE | CudaApi.HOST_REGISTER_DEVICE_MAP));
        address = devicePointer(context, all.address());
      } finally {
        context.exit(entered);
      }
      var made = new LocalHostBuffer(context, memory, all, address);
      isWell = true;
      return made;
    } finally {
      if (!isWell && memory.scope().isAlive()) {
        memory.close();
      }
    }
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
  synchronized void drop() {
    closeView();
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
    closeView();
    closeOnce();
  }
}
