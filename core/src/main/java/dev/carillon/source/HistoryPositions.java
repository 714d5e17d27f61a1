package dev.carillon.source;

import dev.carillon.bus.Bus;
import dev.carillon.bus.Message;
import dev.carillon.bus.Topic;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Positions that messages carry, read back from the history that keeps them. */
final class HistoryPositions implements Positions {
  private final Bus bus;
  private final Topic<?> topic;

  HistoryPositions(Bus bus, Topic<?> topic) {
    this.bus = Objects.requireNonNull(bus, "bus");
    this.topic = Objects.requireNonNull(topic, "topic");
  }

  /**
   * Checks that a source can have its positions here.
   *
   * @throws IllegalArgumentException if it would publish an item again that is kept
   */
  static void check(SourceConfig config) {
    if (config.positions() instanceof HistoryPositions && config.onItemFailure().retry() != null) {
      throw new IllegalArgumentException(
          "a source with positions in a history must not try items again, which would publish them"
              + " twice: source=\"%s\", onItemFailure=%s"
                  .formatted(config.name(), config.onItemFailure()));
    }
  }

  @Override
  public Optional<String> load(String source) {
    List<Message<?>> last =
        bus.history(q -> q.topics(topic.name()).where(message -> isFrom(source, message)).limit(1));
    return last.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(last.getLast().headers().get(Origin.POSITION));
  }

  private static boolean isFrom(String source, Message<?> message) {
    return source.equals(message.headers().get(Origin.SOURCE))
        && message.headers().containsKey(Origin.POSITION);
  }

  @Override
  public void save(String source, String position) {
    // the message that is kept has it already
  }
}
