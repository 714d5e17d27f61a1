package dev.carillon.bus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through what logs keep, page by page and the oldest first. Not for threads. */
final class HistoryReader {
  private static final int PAGE = 256;

  private final HistoryQuery query;
  private final List<LogReader> logs;

  /** Reads what the logs keep by now. */
  HistoryReader(List<HistoryLog> logs, HistoryQuery query) {
    this.query = query;
    this.logs = logs.stream().map(LogReader::new).toList();
  }

  /** {@return the next message that is asked for; null if there is none} */
  @Nullable Message<?> next() {
    LogReader oldest = null;
    Instant time = Instant.MAX;
    for (LogReader log : logs) {
      Message<?> head = log.head();
      if (head != null && (oldest == null || head.time().isBefore(time))) {
        oldest = log;
        time = head.time();
      }
    }
    return oldest == null ? null : oldest.take();
  }

  /** One log, in its own order. */
  private final class LogReader {
    private final HistoryLog log;
    private final long end;
    private long last; // up to which it was looked through
    private List<HistoryLog.Entry> page = new ArrayList<>();
    private int place; // in the page
    private @Nullable Message<?> head;

    LogReader(HistoryLog log) {
      this.log = log;
      this.end = log.last();
    }

    @Nullable Message<?> head() {
      while (head == null && (place < page.size() || turn())) {
        if (place < page.size()) {
          HistoryLog.Entry entry = page.get(place++);
          boolean isWanted =
              entry.number() <= end
                  && query.covers(entry.message())
                  && query.filter().test(entry.message());
          head = isWanted ? entry.message() : null;
        }
      }
      return head;
    }

    /** Turns the page: {@return whether there was one} */
    private boolean turn() {
      if (last >= end) {
        return false;
      }
      HistoryLog.Slice slice = log.after(last, PAGE, query.topics(), query.since());
      boolean isFurther = slice.last() > last;
      last = slice.last();
      page = slice.entries();
      place = 0;
      return isFurther;
    }

    @Nullable Message<?> take() {
      Message<?> taken = head;
      head = null;
      return taken;
    }
  }
}
