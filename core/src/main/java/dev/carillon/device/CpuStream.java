package dev.carillon.device;

/**
 * A stream of a CPU: pieces of work that run one after another on threads of its device.
 *
 * <p>Safe for use by any thread.
 */
public sealed interface CpuStream permits CpuQueue {

  /**
   * Gives a piece of work to the stream, to run after what was given before. What it throws fails
   * the stream, whose work is skipped from then on: see {@link DeviceStream}.
   *
   * <p>While the stream keeps as much work as its capacity, the calling thread waits.
   *
   * @param work what to do
   * @throws InterruptedException if the thread was interrupted while it waited for room; the work
   *     is not run
   * @throws DeviceMisuseException if the stream is full and this is called by its own work, or by a
   *     callback that runs on its thread, which would wait for itself
   * @throws dev.carillon.spi.DeviceException if the stream is closed
   */
  void run(CpuWork work) throws InterruptedException;
}
