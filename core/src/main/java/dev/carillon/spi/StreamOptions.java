package dev.carillon.spi;

import java.util.Objects;

/**
 * How a stream is made.
 *
 * @param name shown by explanations; empty for one that is made up
 * @param priority more is more urgent, 0 is usual; a device takes the nearest that it has
 * @param isOrdered whether work runs in the order in which it was given to the stream; if not, only
 *     what waits is ordered, where the device can do that, and in order elsewhere
 * @param capacity how much work the host keeps for the stream before those who give more wait, 1 to
 *     1,048,576; for devices whose driver keeps it, the driver's own bound holds instead
 */
public record StreamOptions(String name, int priority, boolean isOrdered, int capacity) {

  /** An ordered stream of usual priority without a name, for 1,024 pieces of work. */
  public static final StreamOptions DEFAULT = new StreamOptions("", 0, true, 1024);

  /**
   * Checks the capacity.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  public StreamOptions {
    Objects.requireNonNull(name, "name");
    if (capacity < 1 || capacity > 1 << 20) {
      throw new IllegalArgumentException(
          "the capacity of a stream must be 1 to 1048576: capacity=" + capacity);
    }
  }

  /**
   * {@return these options with a name}
   *
   * @param name shown by explanations
   */
  public StreamOptions withName(String name) {
    return new StreamOptions(name, priority, isOrdered, capacity);
  }

  /**
   * {@return these options with a priority}
   *
   * @param priority more is more urgent
   */
  public StreamOptions withPriority(int priority) {
    return new StreamOptions(name, priority, isOrdered, capacity);
  }

  /** {@return these options for a stream that runs what does not wait in any order} */
  public StreamOptions withoutOrder() {
    return new StreamOptions(name, priority, false, capacity);
  }

  /**
   * {@return these options with a capacity}
   *
   * @param capacity how much work the host keeps for the stream
   */
  public StreamOptions withCapacity(int capacity) {
    return new StreamOptions(name, priority, isOrdered, capacity);
  }
}
