package dev.carillon.bus;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A namespace of named signals: the same name gives the same signal. Safe for use by any thread.
 */
public final class Signals {
  private final LocalBus bus;
  private final String prefix;
  private final ConcurrentHashMap<String, Signal<?>> signals = new ConcurrentHashMap<>();

  Signals(LocalBus bus, String prefix) {
    this.bus = bus;
    this.prefix = prefix;
  }

  /**
   * {@return the signal of a name, made now if there is none}
   *
   * @param name one or more tokens, after those of the namespace
   * @param type of what is sent
   * @param <T> type of what is sent
   * @throws TopicTypeException if the signal is there with another type
   * @throws IllegalArgumentException if the name breaks a rule of topics' names
   */
  @SuppressWarnings("unchecked") // the types are compared
  public <T> Signal<T> signal(String name, Class<T> type) {
    Topic<T> topic = Topic.of(prefix + "." + name, type);
    Signal<?> known = signals.computeIfAbsent(name, _ -> new Signal<>(bus, topic));
    if (!known.topic().type().equals(type)) {
      throw new TopicTypeException(topic.name(), known.topic().type(), type);
    }
    return (Signal<T>) known;
  }

  /** {@return the signals that were asked for, by name} */
  public Map<String, Signal<?>> all() {
    return Map.copyOf(signals);
  }
}
