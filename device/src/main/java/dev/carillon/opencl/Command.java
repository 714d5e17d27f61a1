package dev.carillon.opencl;

import org.jspecify.annotations.Nullable;

/**
 * Something that was given to a queue.
 *
 * @param event its event, owned by whoever has the command
 * @param isWork whether it is work of the user's, and no barrier or marker
 * @param memory what the driver reads or writes meanwhile, kept from the garbage collector; null if
 *     there is none
 */
record Command(long event, boolean isWork, @Nullable Object memory) {
  static Command order(long event) {
    return new Command(event, false, null);
  }
}
