package dev.carillon.cuda;

import java.util.function.Consumer;

/**
 * A stream of a GPU: what it can be given beyond events, which is copies, kernels and graphs. Had
 * by {@code stream.as(CudaStream.class)}.
 *
 * <p>All methods give the stream something and return. Their order is that of the calls. Each
 * throws {@link dev.carillon.spi.DeviceException} if the driver refuses, something of it was
 * closed, or it belongs to another device where that cannot be; the stream has not changed then.
 *
 * <p>Safe for use by any thread. Memory consistency: what is in a host buffer before a copy or a
 * kernel is given to a stream, or before the gate ahead of it is opened, is what the device sees;
 * what the device writes is there after a wait for an event recorded behind it.
 */
public sealed interface CudaStream permits LocalCudaStream {

  /**
   * Copies all of a buffer to the beginning of another.
   *
   * @param from on the host
   * @param to on the device, at least as large
   * @throws IllegalArgumentException if it is smaller
   */
  default void copy(CudaHostBuffer from, CudaBuffer to) {
    copy(from, 0, to, 0, from.bytes());
  }

  /**
   * Copies a part of a buffer to another.
   *
   * @param from on the host
   * @param fromOffset where the part begins
   * @param to on the device
   * @param toOffset where the copy begins
   * @param bytes how much, 1 or more
   * @throws IllegalArgumentException if that is not within both
   */
  void copy(CudaHostBuffer from, long fromOffset, CudaBuffer to, long toOffset, long bytes);

  /**
   * Copies all of a buffer to the beginning of another.
   *
   * @param from on the device
   * @param to on the host, at least as large
   * @throws IllegalArgumentException if it is smaller
   */
  default void copy(CudaBuffer from, CudaHostBuffer to) {
    copy(from, 0, to, 0, from.bytes());
  }

  /**
   * Copies a part of a buffer to another.
   *
   * @param from on the device
   * @param fromOffset where the part begins
   * @param to on the host
   * @param toOffset where the copy begins
   * @param bytes how much, 1 or more
   * @throws IllegalArgumentException if that is not within both
   */
  void copy(CudaBuffer from, long fromOffset, CudaHostBuffer to, long toOffset, long bytes);

  /**
   * Copies all of a buffer to the beginning of another.
   *
   * @param from on this device or another
   * @param to on this device or another, at least as large
   * @throws IllegalArgumentException if it is smaller
   */
  default void copy(CudaBuffer from, CudaBuffer to) {
    copy(from, 0, to, 0, from.bytes());
  }

  /**
   * Copies a part of a buffer to another.
   *
   * @param from on this device or another
   * @param fromOffset where the part begins
   * @param to on this device or another
   * @param toOffset where the copy begins
   * @param bytes how much, 1 or more
   * @throws IllegalArgumentException if that is not within both
   */
  void copy(CudaBuffer from, long fromOffset, CudaBuffer to, long toOffset, long bytes);

  /**
   * Sets all bytes of a buffer.
   *
   * @param buffer on this device
   * @param value of each byte
   */
  void fill(CudaBuffer buffer, byte value);

  /**
   * Sets whole ints of a buffer.
   *
   * @param buffer on this device
   * @param offset where they begin, in bytes, a multiple of 4
   * @param count how many ints, 1 or more
   * @param value of each
   * @throws IllegalArgumentException if that is not within the buffer, or not aligned
   */
  void fill(CudaBuffer buffer, long offset, long count, int value);

  /**
   * Runs a kernel.
   *
   * @param function the kernel
   * @param shape how many threads run it
   * @param arguments what it is called with, in order: {@link CudaBuffer} and {@link
   *     CudaHostBuffer} for pointers, and {@link Byte}, {@link Short}, {@link Integer}, {@link
   *     Long}, {@link Float} and {@link Double}. Their number and sizes are checked where the
   *     driver knows them, from 12.4 on.
   * @throws IllegalArgumentException if an argument is of another type, or does not fit the kernel
   */
  void launch(CudaFunction function, LaunchShape shape, Object... arguments);

  /**
   * Makes a graph of work instead of doing it.
   *
   * @param work gives this stream, by the calling thread, what is to be in the graph: copies within
   *     this device and with its host buffers, fills, kernels; nothing of other devices, no events,
   *     waits and graphs. Other threads that use the stream meanwhile have an exception.
   * @return the graph; whoever asked closes it
   * @throws dev.carillon.spi.DeviceException if something in the work cannot be in a graph
   */
  CudaGraph capture(Consumer<CudaStream> work);

  /**
   * Runs all that is in a graph, as one operation.
   *
   * @param graph captured from a stream of this device
   */
  void launch(CudaGraph graph);

  /** {@return the driver's handle of it, for other libraries; valid until it is closed} */
  long handle();
}
