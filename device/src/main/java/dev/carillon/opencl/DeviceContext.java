package dev.carillon.opencl;

import dev.carillon.spi.DeviceInfo;

/**
 * A device in its context.
 *
 * @param context the context of its platform
 * @param id the driver's pointer
 * @param info what is told of it
 * @param isUnordered whether it runs what is given to one queue in any order
 * @param hasPriorities whether its queues have priorities
 * @param localMemory how many bytes a work group has
 */
record DeviceContext(
    PlatformContext context,
    long id,
    DeviceInfo info,
    boolean isUnordered,
    boolean hasPriorities,
    long localMemory) {

  /**
   * {@return a new queue of the driver}
   *
   * @param properties bits of {@link OpenCl}
   * @param priority more is more urgent
   */
  long newQueue(long properties, int priority) {
    long pointer = context.handle.use();
    try {
      return hasPriorities && priority != 0
          ? context.cl.createQueue(
              pointer, id, properties, priority > 0 ? OpenCl.PRIORITY_HIGH : OpenCl.PRIORITY_LOW)
          : context.cl.createQueue(pointer, id, properties);
    } finally {
      context.handle.done();
    }
  }
}
