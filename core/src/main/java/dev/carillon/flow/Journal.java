package dev.carillon.flow;

import dev.carillon.spi.Codec;
import dev.carillon.spi.Durability;
import dev.carillon.spi.MessageStore;

/**
 * Where runs write down which iterations they have committed, so that a run whose process died goes
 * on behind the last of them.
 *
 * <p>Written are the run's input, after each iteration its status, the values of {@linkplain
 * Key.Lifetime#RUN keys that last for the run}, the cycle's value and what {@linkplain
 * Sync.Independent independent} branches take of each other, and the end. The codec has to be able
 * to write these; a run that has one that it cannot write ends with {@link RunStatus#ERROR}. What
 * is done again after a resumption are the iterations that were not committed, with the same
 * {@linkplain PartContext#idempotencyKey idempotency keys}.
 *
 * <p>A run that was cancelled, or whose journal could not be written, goes on when one of its name
 * is started, as does one whose process died. One that has ended in any other way is forgotten.
 *
 * @param store keeps it, a stream for each run; it is not closed by the flow
 * @param codec writes input and values
 * @param durability what a commit has to prove before the next iteration begins
 */
public record Journal(MessageStore store, Codec codec, Durability durability) {

  /**
   * {@return a journal whose commits outlive what the store's strongest proof outlives}
   *
   * @param store keeps it
   * @param codec writes input and values
   */
  public static Journal in(MessageStore store, Codec codec) {
    return new Journal(store, codec, store.strongest());
  }
}
