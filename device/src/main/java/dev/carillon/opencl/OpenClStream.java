package dev.carillon.opencl;

import java.lang.foreign.MemorySegment;

/**
 * A stream of an OpenCL device: what {@code stream.as(OpenClStream.class)} gives.
 *
 * <p>All methods give the device something to do and return before it is done, in the order in
 * which they are called if the stream is ordered. Record an event to learn when it is done; a
 * driver may keep work until one is recorded. What went wrong on the device fails that event.
 *
 * <p>Safe for use by any thread; a segment must be one that the calling thread may use. All methods
 * throw {@link dev.carillon.spi.DeviceException}, with the driver's text, if the driver refuses or
 * if the stream, a buffer or a kernel is closed.
 */
public sealed interface OpenClStream permits CommandQueue {

  /**
   * Copies memory of the host to the device.
   *
   * @param target where to
   * @param offset where in the target, in bytes
   * @param source what; an array is copied at once, native memory must keep its content, and its
   *     arena must stay open, until this is done
   * @throws IllegalArgumentException if the target ends before the source does, or is of another
   *     platform
   */
  void write(OpenClBuffer target, long offset, MemorySegment source);

  /**
   * Copies memory of the device to the host.
   *
   * @param source where from
   * @param offset where in the source, in bytes
   * @param target native memory, filled to its end; its arena must stay open until this is done
   * @throws IllegalArgumentException if the source ends before the target is full or is of another
   *     platform, or the target is an array or read-only
   */
  void read(OpenClBuffer source, long offset, MemorySegment target);

  /**
   * Copies within the memory of the device.
   *
   * @param source where from
   * @param sourceOffset where in the source, in bytes
   * @param target where to; may be the source if the two ranges do not overlap
   * @param targetOffset where in the target, in bytes
   * @param bytes how many, at least 1
   * @throws IllegalArgumentException if a buffer is too small or of another platform, or the ranges
   *     overlap
   */
  void copy(
      OpenClBuffer source, long sourceOffset, OpenClBuffer target, long targetOffset, long bytes);

  /**
   * Fills memory of the device with a number.
   *
   * @param target what to fill
   * @param offset where in the target, in bytes, a multiple of 4
   * @param bytes how many, a multiple of 4, at least 4
   * @param pattern written again and again
   * @throws IllegalArgumentException if the buffer is too small or of another platform, or a number
   *     of bytes is not a multiple
   */
  void fill(OpenClBuffer target, long offset, long bytes, int pattern);

  /**
   * Runs a kernel.
   *
   * @param kernel of this stream's device
   * @param range how many work items
   * @param arguments one for each parameter of the kernel: an {@link OpenClBuffer} of the same
   *     platform, an {@link OpenClLocal}, an {@code Integer}, {@code Long}, {@code Float}, {@code
   *     Double}, {@code Short} or {@code Byte} of the parameter's size, or a {@link MemorySegment}
   *     with the parameter's bytes. They are copied at once; the content of buffers is not.
   * @throws IllegalArgumentException if there are more or fewer arguments than parameters, one is
   *     of another type, there is more local memory than the device has, or the kernel is of
   *     another device
   */
  void launch(OpenClKernel kernel, OpenClRange range, Object... arguments);
}
