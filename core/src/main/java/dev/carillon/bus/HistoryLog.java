package dev.carillon.bus;

import dev.carillon.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** What was published on the topics of one pattern, as much of it as is kept. */
final class HistoryLog {
  /*
   * Messages are numbered as they come. Whoever publishes first has the message noted here and gives
   * it to subscriptions after; so a subscription that replays can read on until it has seen all, and
   * then say, under the lock, that from the next number on it takes what publishers give it: nothing
   * is missed and nothing comes twice, see Seam.
   */

  /**
   * A message in a log.
   *
   * @param log where
   * @param number its number there, from 1
   * @param message the message
   * @param bytes its size
   */
  record Entry(HistoryLog log, long number, Message<?> message, long bytes) {}

  private final TopicPattern pattern;
  private final HistoryLimits limits;
  private final Clock clock;

  private final Object lock = new Object();
  // guarded by lock
  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long last; // number given
  private long bytes;

  HistoryLog(TopicPattern pattern, HistoryLimits limits, Clock clock) {
    this.pattern = pattern;
    this.limits = limits;
    this.clock = clock;
  }

  TopicPattern pattern() {
    return pattern;
  }

  Entry add(Message<?> message) {
    long size = Math.max(0, limits.sizer().applyAsLong(message)); // the user's: before the lock
    synchronized (lock) {
      var entry = new Entry(this, ++last, message, size);
      entries.add(entry);
      bytes += size;
      trim();
      return entry;
    }
  }

  private void trim() {
    var age = limits.age();
    Instant oldest = age == null ? Instant.MIN : clock.now().minus(age);
    while (!entries.isEmpty()) {
      Entry first = entries.getFirst();
      boolean isTooMuch =
          entries.size() > limits.count() || (bytes > limits.bytes() && entries.size() > 1);
      if (!isTooMuch && !first.message().time().isBefore(oldest)) {
        return;
      }
      entries.removeFirst();
      bytes -= first.bytes();
    }
  }

  /** {@return what is kept and has a number above one, the oldest first, so many at most} */
  List<Entry> after(long number, int most) {
    synchronized (lock) {
      trim();
      var found = new ArrayList<Entry>();
      Entry first = entries.peekFirst();
      if (first == null) {
        return found;
      }
      long skipped = Math.max(0, number + 1 - first.number());
      var rest = entries.iterator();
      if (skipped >= entries.size()) {
        return found;
      }
      for (long i = 0; i < skipped; i++) {
        rest.next();
      }
      while (rest.hasNext() && found.size() < most) {
        found.add(rest.next());
      }
      return found;
    }
  }

  /**
   * Does something at a moment at which nothing has a number above one: {@return whether it did}
   */
  boolean atEnd(long number, Runnable action) {
    synchronized (lock) {
      if (last > number) {
        return false;
      }
      action.run();
      return true;
    }
  }

  /** {@return the last number that was given} */
  long last() {
    synchronized (lock) {
      return last;
    }
  }

  /** {@return the bytes that are kept, and how many messages} */
  long[] size() {
    synchronized (lock) {
      trim();
      return new long[] {entries.size(), bytes};
    }
  }
}
