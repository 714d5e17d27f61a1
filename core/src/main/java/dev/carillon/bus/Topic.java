package dev.carillon.bus;

/**
 * A name under which messages are published, and the type of their payloads.
 *
 * <p>A name has 1 to 16 tokens, joined by dots, of letters, digits, {@code _} and {@code -}; it has
 * at most 255 characters. Names that begin with {@code $} are the bus's own: they can be subscribed
 * to, but not made here.
 *
 * <p>Immutable. Two topics are equal if their names and types are.
 *
 * @param <T> the type of payloads
 */
public final class Topic<T> {
  private final String name;
  private final Class<T> type;

  private Topic(String name, Class<T> type) {
    if (type.isPrimitive()) {
      throw new IllegalArgumentException(
          "a payload's type must not be primitive: type=%s topic=\"%s\"".formatted(type, name));
    }
    this.name = name;
    this.type = type;
  }

  /**
   * {@return a topic}
   *
   * @param name for example {@code system.provider.connected}
   * @param type of the payloads
   * @param <T> the type of the payloads
   * @throws IllegalArgumentException if the name breaks a rule or begins with {@code $}, or if the
   *     type is primitive
   */
  public static <T> Topic<T> of(String name, Class<T> type) {
    TopicNames.checkOpen(name);
    return new Topic<>(name, type);
  }

  /** {@return a topic whose name may be one of the bus's own} */
  static <T> Topic<T> ofBus(String name, Class<T> type) {
    TopicNames.check(name);
    return new Topic<>(name, type);
  }

  /** {@return the name} */
  public String name() {
    return name;
  }

  /** {@return the type of the payloads} */
  public Class<T> type() {
    return type;
  }

  /** {@return the pattern that matches this topic's name only} */
  public TopicPattern pattern() {
    return TopicPattern.of(name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Topic<?> topic && name.equals(topic.name) && type.equals(topic.type);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + type.hashCode();
  }

  /** {@return name and type} */
  @Override
  public String toString() {
    return name + " of " + type.getTypeName();
  }
}
