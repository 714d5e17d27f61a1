package dev.carillon.spi;

import java.util.List;
import java.util.function.LongConsumer;

/**
 * Messages in the order in which they were appended.
 *
 * <p>Appending is ordered and, beyond {@link Durability#MEMORY}, asynchronous: many appends can
 * wait for one proof. What was appended can be read at once, by all, also before it is proved to be
 * durable.
 *
 * <p>Safe for use by any thread. Memory consistency effects: actions before an append happen-before
 * actions after a read that returned its messages, and before its listener is told.
 */
public interface MessageStream extends AutoCloseable {

  /** {@return the stream's name} */
  String name();

  /** {@return how much it keeps} */
  Retention retention();

  /**
   * Appends messages, one after another without others in between, and has a listener told once
   * they are as durable as was asked for. If too much waits already, waits for room or answers
   * {@link AppendResult#FULL}, as the store is configured.
   *
   * <p>Either the listener is called exactly once, or the answer is not {@link
   * AppendResult#ACCEPTED}, or this throws. If it throws while messages are being written, the
   * first of them may have been kept. Listeners of one durability are called in the order of the
   * sequences, those of {@link Durability#MEMORY} of one thread's appends only.
   *
   * @param messages at least one
   * @param durability what the acknowledgement has to prove
   * @param listener told what became of them
   * @return whether they were taken
   * @throws IllegalArgumentException if there are no messages, or one is larger than the store
   *     takes
   * @throws StoreException if the store cannot prove that much, or cannot write
   * @throws InterruptedException if the thread is interrupted while it waits for room; nothing was
   *     taken then
   */
  AppendResult append(List<NewMessage> messages, Durability durability, AppendListener listener)
      throws InterruptedException;

  /**
   * Appends a message and waits until it is as durable as was asked for, and for room before, even
   * if the store is configured to refuse.
   *
   * @param message the message
   * @param durability what is to be proved
   * @return its sequence
   * @throws IllegalArgumentException if it is larger than the store takes
   * @throws StoreException if that cannot be proved, the stream is closed or keeps as much as it
   *     may
   * @throws InterruptedException if the thread is interrupted while it waits; the message may or
   *     may not have been kept
   */
  long append(NewMessage message, Durability durability) throws InterruptedException;

  /**
   * {@return messages, the oldest first}
   *
   * @param query which
   * @throws StoreException if they cannot be read, or the stream is closed
   */
  Page read(ReadQuery query);

  /** {@return the least sequence that is kept; one above {@link #lastSequence} if nothing is} */
  long firstSequence();

  /** {@return the greatest sequence that was given; 0 if none was} */
  long lastSequence();

  /**
   * Forgets the messages before a place, as they have been dealt with. That they are forgotten
   * outlives the stream's closing, but need not outlive a loss of power.
   *
   * @param sequence the first that is kept; above {@link #lastSequence} to forget all
   * @throws IllegalArgumentException if it is more than one above {@link #lastSequence}
   * @throws StoreException if that fails, or the stream is closed
   */
  void truncateBefore(long sequence);

  /**
   * Has a listener told whenever messages were appended, so that a reader can follow. Several
   * appends may be told as one, and the number told may be behind; but after the last append it is
   * told a number that is not less than the last. A reader watches first and reads then.
   *
   * @param listener told the sequence of the newest message, on the appending thread, under no
   *     lock; what it throws is logged and stops nobody else
   * @return the listener's place, to remove it by
   */
  TailWatch watch(LongConsumer listener);

  /** {@return what it has done and holds} */
  StreamStats stats();

  /**
   * Refuses further messages, waits until what was accepted is acknowledged, and gives back what it
   * holds. Idempotent.
   */
  @Override
  void close();
}
