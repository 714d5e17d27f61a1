package dev.carillon.cuda;

/**
 * Memory on a GPU.
 *
 * <p>Safe for use by any thread. Closing it does not wait: who uses it from then on has an
 * exception, and the memory is freed when the streams that were given it before, and the graphs
 * that have it, are past it.
 */
public sealed interface CudaBuffer extends AutoCloseable permits LocalBuffer {

  /** {@return how large it is} */
  long bytes();

  /** {@return where it is on the device, for other libraries; valid until it is closed} */
  long address();

  /** Gives it up, see above. Idempotent. */
  @Override
  void close();
}
