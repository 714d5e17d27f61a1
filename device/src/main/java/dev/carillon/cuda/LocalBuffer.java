package dev.carillon.cuda;

import dev.carillon.spi.DeviceException;

/** Device memory, from the driver's pool where it has one. */
final class LocalBuffer extends Resource implements CudaBuffer {
  private final long address;
  private final long bytes;

  private LocalBuffer(CudaContext context, long address, long bytes) {
    super(context, "a buffer of %d bytes on %s".formatted(bytes, context.gpu().id()));
    this.address = address;
    this.bytes = bytes;
    context.add(this);
  }

  static LocalBuffer allocate(CudaContext context, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer must have 1 byte or more: bytes=" + bytes);
    }
    context.sweep();
    long entered = context.enter();
    try {
      long address = allocated(context, bytes);
      entered = context.leave(entered);
      return new LocalBuffer(context, address, bytes);
    } finally {
      context.exit(entered);
    }
  }

  /**
   * The pool's allocations are in the order of a stream. Nothing waits on that one, so that
   * synchronizing with it takes no longer than the allocation.
   */
  private static long allocated(CudaContext context, long bytes) {
    CudaApi api = context.api();
    try {
      if (!context.gpu().hasPools()) {
        return context.created("cuMemAlloc", out -> api.memAlloc(out, bytes));
      }
      long stream = context.serviceStream();
      long address =
          context.created("cuMemAllocAsync", out -> api.memAllocAsync(out, bytes, stream));
      int code = api.streamSynchronize(stream);
      if (code != CudaApi.SUCCESS) {
        context.said("cuMemFreeAsync", api.memFreeAsync(address, stream));
        throw api.failure("cuStreamSynchronize", code);
      }
      return address;
    } catch (DeviceException e) {
      throw new DeviceException(
          "a buffer could not be allocated: bytes=%d, device=%s: %s"
              .formatted(bytes, context.gpu().id(), e.getMessage()),
          e);
    }
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** {@return the address, while it is taken} */
  long place() {
    return address;
  }

  @Override
  public long address() {
    take();
    give();
    return address;
  }

  @Override
  int free() {
    CudaApi api = context().api();
    return context().gpu().hasPools()
        ? api.memFreeAsync(address, context().serviceStream())
        : api.memFree(address);
  }

  @Override
  public void close() {
    closeOnce();
  }
}
