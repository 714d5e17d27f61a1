package dev.carillon.bus;

import dev.carillon.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A log in memory. */
final class MemoryLog implements HistoryLog {
  private record Kept(long number, Message<?> message, long bytes) {}

  private final TopicPattern pattern;
  private final HistoryLimits limits;
  private final Clock clock;

  private final Object lock = new Object();
  // guarded by lock
  private final ArrayDeque<Kept> entries = new ArrayDeque<>(); // their numbers have no gaps
  private long last; // number given
  private long bytes;

  MemoryLog(TopicPattern pattern, HistoryLimits limits, Clock clock) {
    this.pattern = pattern;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public TopicPattern pattern() {
    return pattern;
  }

  @Override
  public Place add(Message<?> message) {
    long size = Math.max(0, limits.sizer().applyAsLong(message)); // the user's: before the lock
    synchronized (lock) {
      entries.add(new Kept(++last, message, size));
      bytes += size;
      trim();
      return new Place.Numbered(this, last);
    }
  }

  private void trim() {
    var age = limits.age();
    Instant oldest = age == null ? Instant.MIN : clock.now().minus(age);
    while (!entries.isEmpty()) {
      Kept first = entries.getFirst();
      boolean isTooMuch =
          entries.size() > limits.count() || (bytes > limits.bytes() && entries.size() > 1);
      if (!isTooMuch && !first.message().time().isBefore(oldest)) {
        return;
      }
      entries.removeFirst();
      bytes -= first.bytes();
    }
  }

  @Override
  public Slice after(long number, int most, TopicPattern wanted, @Nullable Instant since) {
    var found = new ArrayList<Entry>();
    synchronized (lock) {
      trim();
      long first = last - entries.size() + 1;
      Iterator<Kept> rest = entries.iterator();
      for (long passed = first; passed <= number && rest.hasNext(); passed++) {
        rest.next();
      }
      long looked = Math.max(number, first - 1);
      for (int i = 0; i < most && rest.hasNext(); i++) {
        Kept kept = rest.next();
        looked = kept.number();
        if (isWanted(kept.message(), wanted, since)) {
          found.add(new Entry(kept.number(), kept.message()));
        }
      }
      return new Slice(found, looked, Math.max(0, first - number - 1));
    }
  }

  private static boolean isWanted(
      Message<?> message, TopicPattern wanted, @Nullable Instant since) {
    return wanted.matchesValid(message.topic().name())
        && (since == null || !message.time().isBefore(since));
  }

  @Override
  public long last() {
    synchronized (lock) {
      return last;
    }
  }

  @Override
  public void close() {}
}
