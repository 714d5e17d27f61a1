package dev.carillon.spi;

import org.jspecify.annotations.Nullable;

/**
 * Told once what became of an append that was accepted.
 *
 * <p>It runs on the appending thread before {@code append} returns, or on the thread that forces
 * the stream, under no lock. It should be short: acknowledgements of later appends wait for it. It
 * may append, unless that could wait for room.
 */
@FunctionalInterface
public interface AppendListener {

  /**
   * Called exactly once.
   *
   * @param first the sequence of the first message of the append
   * @param last the sequence of the last
   * @param failure null if what was asked for is proved; otherwise why it is not: the messages may
   *     or may not be kept then
   */
  void completed(long first, long last, @Nullable StoreException failure);
}
