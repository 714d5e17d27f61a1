package dev.carillon.opencl;

import org.jspecify.annotations.Nullable;

/**
 * Work that was given to a queue.
 *
 * @param event its event, owned by whoever has the command
 * @param memory what the driver reads or writes meanwhile, kept from the garbage collector; null if
 *     there is none
 */
record Command(long event, @Nullable Object memory) {}
