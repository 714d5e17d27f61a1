package dev.carillon.bus;

import dev.carillon.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The logs of a bus: what was published on a topic is kept by the first whose pattern matches. */
final class History {
  /** The header of a message that was published again: the id that it had. */
  static final String REPLAYED_FROM = "replayed-from";

  private final List<HistoryLog> logs;

  History(Map<TopicPattern, HistoryLimits> kept, Clock clock) {
    this.logs =
        kept.entrySet().stream()
            .map(each -> new HistoryLog(each.getKey(), each.getValue(), clock))
            .toList();
  }

  List<HistoryLog> logs() {
    return logs;
  }

  /** {@return whether messages of a topic are kept} */
  boolean keeps(String topic) {
    return logOf(topic) != null;
  }

  private @Nullable HistoryLog logOf(String topic) {
    for (int i = 0; i < logs.size(); i++) { // without an iterator: emitting makes no garbage
      HistoryLog log = logs.get(i);
      if (log.pattern().matchesValid(topic)) {
        return log;
      }
    }
    return null;
  }

  /** Keeps a message: {@return its place; null if it is not one to be kept} */
  HistoryLog.@Nullable Entry add(Message<?> message) {
    HistoryLog log = logs.isEmpty() ? null : logOf(message.topic().name());
    return log == null || message.headers().containsKey(REPLAYED_FROM) ? null : log.add(message);
  }

  /** {@return what is asked for, in the order of publishing} */
  List<Message<?>> find(HistoryQuery query) {
    var found = new ArrayList<Message<?>>();
    for (HistoryLog log : logs) {
      for (HistoryLog.Entry entry : log.after(0, Integer.MAX_VALUE)) {
        if (query.covers(entry.message()) && query.filter().test(entry.message())) {
          found.add(entry.message());
        }
      }
    }
    if (logs.size() > 1) {
      found.sort(Comparator.comparing(Message::time)); // stable: those of one log stay in order
    }
    int first = Math.max(0, found.size() - query.limit());
    return List.copyOf(found.subList(first, found.size()));
  }
}
