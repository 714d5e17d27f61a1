package dev.carillon.bus;

import dev.carillon.spi.MessageStore;
import dev.carillon.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The logs of a bus: what was published on a topic is kept by the first whose pattern matches. */
final class History implements AutoCloseable {
  /** The header of a message that was published again: the id that it had. */
  static final String REPLAYED_FROM = "replayed-from";

  private final List<HistoryLog> logs;

  private History(List<HistoryLog> logs) {
    this.logs = List.copyOf(logs);
  }

  /**
   * {@return the logs that are configured}
   *
   * @throws IllegalArgumentException if one is to be durable and there is no store, or the store
   *     cannot prove as much, or two are to be in one stream
   */
  static History open(BusConfig config, @Nullable StoredForm form, Clock clock) {
    checkStreams(config);
    List<HistoryLog> opened = new ArrayList<>();
    try {
      config.history().forEach((pattern, limits) -> opened.add(log(config, pattern, form, clock)));
    } catch (RuntimeException | Error e) {
      opened.forEach(HistoryLog::close);
      throw e;
    }
    return new History(opened);
  }

  private static void checkStreams(BusConfig config) {
    Map<String, TopicPattern> streams = new HashMap<>();
    config.history().forEach((pattern, limits) -> checkStream(streams, pattern, limits.durable()));
  }

  private static void checkStream(
      Map<String, TopicPattern> known,
      TopicPattern pattern,
      HistoryLimits.@Nullable Durable durable) {
    TopicPattern other = durable == null ? null : known.put(durable.stream(), pattern);
    if (durable != null && other != null) {
      throw new IllegalArgumentException(
          ("each durable history must have a stream of its own, see HistoryLimits.durable:"
                  + " stream=\"%s\", patterns=\"%s\", \"%s\"")
              .formatted(durable.stream(), other, pattern));
    }
  }

  private static HistoryLog log(
      BusConfig config, TopicPattern pattern, @Nullable StoredForm form, Clock clock) {
    HistoryLimits limits = config.history().getOrDefault(pattern, HistoryLimits.DEFAULT);
    HistoryLimits.Durable durable = limits.durable();
    if (durable == null) {
      return new MemoryLog(pattern, limits, clock);
    }
    MessageStore store = config.store();
    if (store == null || form == null) {
      throw new IllegalArgumentException(
          "a durable history needs a store, see BusConfig.withStore: pattern=\"%s\", stream=\"%s\""
              .formatted(pattern, durable.stream()));
    }
    return StoredLog.open(pattern, limits, durable, store, form, clock);
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
  @Nullable Place add(Message<?> message) {
    HistoryLog log = logs.isEmpty() ? null : logOf(message.topic().name());
    return log == null || message.headers().containsKey(REPLAYED_FROM) ? null : log.add(message);
  }

  /** {@return what is asked for, in the order of publishing; no more in memory than that} */
  List<Message<?>> find(HistoryQuery query) {
    var found = new ArrayDeque<Message<?>>();
    var reader = new HistoryReader(logs, query);
    for (Message<?> next = reader.next(); next != null; next = reader.next()) {
      found.add(next);
      if (found.size() > query.limit()) {
        found.removeFirst();
      }
    }
    return List.copyOf(found);
  }

  /** {@return how many messages could not be kept durably} */
  long failures() {
    long sum = 0;
    for (HistoryLog log : logs) {
      sum += log instanceof StoredLog stored ? stored.failures() : 0;
    }
    return sum;
  }

  @Override
  public void close() {
    logs.forEach(HistoryLog::close);
  }
}
