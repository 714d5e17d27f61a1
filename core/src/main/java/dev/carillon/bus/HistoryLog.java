package dev.carillon.bus;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was published on the topics of one pattern, as much of it as is kept. */
sealed interface HistoryLog extends AutoCloseable permits MemoryLog, StoredLog {

  /**
   * A message in a log.
   *
   * @param number its number there, from 1
   * @param message the message
   */
  record Entry(long number, Message<?> message) {}

  /**
   * A part of a log.
   *
   * @param entries what was asked for, the oldest first
   * @param last up to which number the log was looked through; that before, if it was at its end
   * @param gone how many messages after that number were not kept any more
   */
  record Slice(List<Entry> entries, long last, long gone) {}

  /** {@return of which topics} */
  TopicPattern pattern();

  /** Keeps a message: {@return where, or why not} */
  Place add(Message<?> message);

  /**
   * {@return what is kept and comes after a number}
   *
   * @param number the last that is not wanted
   * @param most through how many messages it looks
   * @param wanted the topics that are wanted
   * @param since published then or later; null for any
   */
  Slice after(long number, int most, TopicPattern wanted, @Nullable Instant since);

  /** {@return the last number that was given} */
  long last();

  /** Gives back what the log holds. Idempotent. */
  @Override
  void close();
}
