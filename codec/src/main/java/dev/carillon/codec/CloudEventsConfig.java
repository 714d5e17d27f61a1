package dev.carillon.codec;

import dev.carillon.bus.Topic;
import dev.carillon.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * The settings of {@link CloudEventsJson}: immutable, changed by {@code with} methods, checked when
 * made.
 *
 * <p>Known without being named are {@code String}, {@code byte[]}, the boxed primitives, {@link
 * NoData}, and maps and lists of plain values: null, texts, booleans, numbers, maps with texts as
 * keys, lists. Their types are {@code dev.carillon.string}, {@code .bytes}, {@code .boolean},
 * {@code .byte}, {@code .short}, {@code .int}, {@code .long}, {@code .float}, {@code .double},
 * {@code .char}, {@code .nodata}, {@code .map} and {@code .list}.
 *
 * @param types the classes of payloads by the types of their events, both ways
 * @param aliases more types of events that are read as some class
 * @param topics topics whose payloads have another type than the payload's class, by name
 * @param maxBytes how long an event or a batch may be, in bytes of UTF-8
 * @param maxDepth how many objects and arrays may lie in each other, that of the event included
 * @param maxStringLength how long a string of JSON may be, in chars
 * @param maxNumberLength how long a number of JSON may be, in chars
 * @param clock tells the time at which an event without one was read
 */
public record CloudEventsConfig(
    Map<String, Class<?>> types,
    Map<String, Class<?>> aliases,
    Map<String, Topic<?>> topics,
    int maxBytes,
    int maxDepth,
    int maxStringLength,
    int maxNumberLength,
    Clock clock) {

  /** The default settings: no types but the plain ones, 1 MiB, 64 levels, numbers of 256 chars. */
  public static final CloudEventsConfig DEFAULT =
      new CloudEventsConfig(
          Map.of(), Map.of(), Map.of(), 1 << 20, 64, 1 << 20, 256, Clock.system());

  private static final int MOST_BYTES = 1 << 30;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is outside its range, a type's name is empty, has
   *     control characters or begins with {@code dev.carillon.}, a class stands for two types or a
   *     type for two classes, a class has no instances of its own, or a topic is not under its name
   */
  public CloudEventsConfig {
    types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    aliases = Map.copyOf(aliases);
    topics = Map.copyOf(topics);
    Objects.requireNonNull(clock, "clock");
    range("maxBytes", maxBytes, 64, MOST_BYTES);
    range("maxDepth", maxDepth, 2, 1_000);
    range("maxStringLength", maxStringLength, 64, MOST_BYTES);
    range("maxNumberLength", maxNumberLength, 20, 10_000);
    EventTypes.check(types, aliases);
    topics.forEach((name, topic) -> {
      if (!name.equals(topic.name())) {
        throw new IllegalArgumentException(
            "a topic must be under its own name: name=\"%s\", topic=%s".formatted(name, topic));
      }
    });
  }

  /**
   * {@return these settings and a type of events} Payloads of the class are written as events of
   * the type, and read from them.
   *
   * @param type for example {@code com.shop.order.v1}
   * @param payload a class that Jackson can write and read: a record, an enum, a bean
   * @throws IllegalArgumentException if the type or the class breaks a rule or is there already
   */
  public CloudEventsConfig withType(String type, Class<?> payload) {
    return new CloudEventsConfig(
        and("type", types, type, payload),
        aliases,
        topics,
        maxBytes,
        maxDepth,
        maxStringLength,
        maxNumberLength,
        clock);
  }

  /**
   * {@return these settings and another type of events that are read as a class} It is not written,
   * except for a message that was read from it.
   *
   * @param type for example {@code com.shop.order}
   * @param payload a class that is a type's, or one of those that are known already
   * @throws IllegalArgumentException if the type breaks a rule or is there already
   */
  public CloudEventsConfig withAlias(String type, Class<?> payload) {
    return new CloudEventsConfig(
        types,
        and("type", aliases, type, payload),
        topics,
        maxBytes,
        maxDepth,
        maxStringLength,
        maxNumberLength,
        clock);
  }

  /**
   * {@return these settings and a topic} Messages of its name are read with this topic, instead of
   * one whose type is the payload's class: for topics of an interface, say.
   *
   * @param topic which
   * @throws IllegalArgumentException if there is one of that name already
   */
  public CloudEventsConfig withTopic(Topic<?> topic) {
    return new CloudEventsConfig(
        types,
        aliases,
        and("topic", topics, topic.name(), topic),
        maxBytes,
        maxDepth,
        maxStringLength,
        maxNumberLength,
        clock);
  }

  /**
   * {@return these settings with another bound of length}
   *
   * @param bytes how long an event or a batch may be, 64 to 2³⁰ bytes of UTF-8
   * @throws IllegalArgumentException if it is outside its range
   */
  public CloudEventsConfig withMaxBytes(int bytes) {
    return new CloudEventsConfig(
        types, aliases, topics, bytes, maxDepth, maxStringLength, maxNumberLength, clock);
  }

  /**
   * {@return these settings with other bounds of what JSON may hold}
   *
   * @param depth how many objects and arrays may lie in each other, 2 to 1 000
   * @param stringLength how long a string may be, 64 to 2³⁰ chars
   * @param numberLength how long a number may be, 20 to 10 000 chars
   * @throws IllegalArgumentException if one is outside its range
   */
  public CloudEventsConfig withJsonLimits(int depth, int stringLength, int numberLength) {
    return new CloudEventsConfig(
        types, aliases, topics, maxBytes, depth, stringLength, numberLength, clock);
  }

  /**
   * {@return these settings with another clock}
   *
   * @param newClock tells the time at which an event without one was read
   */
  public CloudEventsConfig withClock(Clock newClock) {
    return new CloudEventsConfig(
        types, aliases, topics, maxBytes, maxDepth, maxStringLength, maxNumberLength, newClock);
  }

  private static <V> Map<String, V> and(String what, Map<String, V> map, String key, V value) {
    var more = new LinkedHashMap<>(map);
    V before = more.putIfAbsent(key, value);
    if (before != null) {
      throw new IllegalArgumentException(
          "a %s must be named once: %s=\"%s\", named for %s and %s"
              .formatted(what, what, key, before, value));
    }
    return more;
  }

  private static void range(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s must be %d to %d: %s=%d".formatted(what, least, most, what, value));
    }
  }
}
