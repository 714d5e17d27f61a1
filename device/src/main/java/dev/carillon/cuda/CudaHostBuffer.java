package dev.carillon.cuda;

import java.lang.foreign.MemorySegment;

/**
 * Memory of this process that a GPU copies from and to while the host goes on, and that its kernels
 * can read and write: those of the device that it is of, while copies may be of any.
 *
 * <p>Safe for use by any thread; what is in it is as of any memory. What is written before a copy
 * is given to a stream is copied; what was copied to it is there after a wait for an event recorded
 * behind the copy. Closing it does not wait: the segment is gone at once, and the memory is freed
 * when the streams that were given it before, and the graphs that have it, are past it.
 */
public sealed interface CudaHostBuffer extends AutoCloseable permits LocalHostBuffer {

  /** {@return how large it is} */
  long bytes();

  /**
   * {@return what is in it; valid until it is closed, the device renewed or the devices closed, and
   * accessing it later throws {@link IllegalStateException}}
   */
  MemorySegment segment();

  /**
   * Gives it up, see above. Idempotent.
   *
   * @throws IllegalStateException while a native call or a channel uses the segment; the buffer is
   *     not closed then
   */
  @Override
  void close();
}
