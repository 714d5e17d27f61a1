package dev.carillon.bus;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A catalogue: the topics of the kinds of an event, made from an enum or a sealed type.
 *
 * <p>An enum gives one topic for each of its constants. A sealed type gives those of the types that
 * it permits, and so on down; records and other classes give one topic each. A topic's name is the
 * prefix and the name of the constant, or the simple name of the type, in lower case with dashes:
 * {@code system.provider-connected} for {@code PROVIDER_CONNECTED} and {@code ProviderConnected}.
 *
 * <p>What the hierarchy cannot list is added by {@link #with(String, Class)} and {@link
 * #with(Topic)}, so users extend a catalogue of an open type by types of their own.
 *
 * <p>Immutable.
 *
 * @param <E> what all its events are
 */
public final class Topics<E> {
  private final Class<E> type;
  private final Set<TopicPattern> patterns; // in the order of adding
  private final Map<Object, Topic<? extends E>> topics; // by type or enum constant, likewise
  private final ClassValue<Topic<? extends E>> nearest =
      new ClassValue<>() {
        @Override
        protected Topic<? extends E> computeValue(Class<?> event) {
          return nearest(event);
        }
      };

  private Topics(
      Class<E> type, Set<TopicPattern> patterns, Map<Object, Topic<? extends E>> topics) {
    this.type = type;
    this.patterns = patterns;
    this.topics = topics;
  }

  /**
   * {@return a catalogue without topics, to which those of some type can be added}
   *
   * @param type what all events are; {@code Object.class} for anything
   * @param <E> the same
   */
  public static <E> Topics<E> empty(Class<E> type) {
    return new Topics<>(type, Set.of(), Map.of());
  }

  /**
   * {@return the catalogue of a type}
   *
   * @param prefix what the names of its topics begin with, one token or several
   * @param type an enum, a sealed type, or a class that is not abstract
   * @param <E> the same
   * @throws IllegalArgumentException if the type is another one, if a name breaks a rule for
   *     topics, or if two kinds of events get the same name
   */
  public static <E> Topics<E> of(String prefix, Class<E> type) {
    return empty(type).with(prefix, type);
  }

  /**
   * {@return this catalogue and that of another type}
   *
   * @param prefix what the names of the other's topics begin with
   * @param kinds an enum, a sealed type, or a class that is not abstract
   * @throws IllegalArgumentException if the type is another one, if a name breaks a rule for
   *     topics, or if a topic or a kind of event would be there twice
   */
  public Topics<E> with(String prefix, Class<? extends E> kinds) {
    TopicNames.checkOpen(prefix);
    boolean isOpen =
        Modifier.isAbstract(kinds.getModifiers()) && !kinds.isSealed() && !kinds.isEnum();
    if (isOpen || kinds.isArray()) {
      throw new IllegalArgumentException(
          "a catalogue's type must be an enum, sealed, or a class that is not abstract: type="
              + kinds.getTypeName());
    }
    var more = new LinkedHashMap<>(topics);
    collect(prefix, kinds, more, new LinkedHashSet<>());
    return plus(TopicPattern.of(prefix + ".>"), more);
  }

  /**
   * {@return this catalogue and a topic, which is that of all events of its type and its subtypes
   * that have none of their own}
   *
   * @param topic the topic
   * @throws IllegalArgumentException if the topic or its type is there already
   */
  public Topics<E> with(Topic<? extends E> topic) {
    var more = new LinkedHashMap<>(topics);
    put(topic.type(), topic, more);
    return plus(topic.pattern(), more);
  }

  private Topics<E> plus(TopicPattern pattern, Map<Object, Topic<? extends E>> more) {
    var patternsOfAll = new LinkedHashSet<>(patterns);
    patternsOfAll.add(pattern);
    return new Topics<>(type, patternsOfAll, more);
  }

  private static <E> void collect(
      String prefix,
      Class<? extends E> kind,
      Map<Object, Topic<? extends E>> into,
      Set<Class<?>> seen) {
    if (!seen.add(kind)) {
      return; // permitted by two
    }
    if (kind.isEnum()) {
      for (E constant : kind.getEnumConstants()) {
        put(constant, topic(prefix, ((Enum<?>) constant).name(), kind), into);
      }
      return;
    }
    if (!kind.isSealed() || !Modifier.isAbstract(kind.getModifiers())) {
      put(kind, topic(prefix, kind.getSimpleName(), kind), into);
    }
    if (kind.isSealed()) {
      for (Class<?> permitted : kind.getPermittedSubclasses()) {
        collect(prefix, permitted.asSubclass(kind), into, seen);
      }
    }
  }

  private static <E> Topic<E> topic(String prefix, String kind, Class<E> type) {
    return Topic.of(prefix + "." + kebab(kind), type);
  }

  private static <E> void put(
      Object kind, Topic<? extends E> topic, Map<Object, Topic<? extends E>> into) {
    Topic<? extends E> before = into.putIfAbsent(kind, topic);
    if (before != null) {
      throw new IllegalArgumentException(
          "a kind of event must have one topic: kind=%s topics=\"%s\" and \"%s\""
              .formatted(shown(kind), before.name(), topic.name()));
    }
    into.forEach((other, known) -> {
      if (!other.equals(kind) && known.name().equals(topic.name())) {
        throw new IllegalArgumentException(
            "a topic must belong to one kind of event: topic=\"%s\" kinds=%s and %s"
                .formatted(topic.name(), shown(other), shown(kind)));
      }
    });
  }

  private static String shown(Object kind) {
    return kind instanceof Enum<?> constant
        ? constant.getDeclaringClass().getTypeName() + "." + constant.name()
        : ((Class<?>) kind).getTypeName();
  }

  /** {@return a name of Java's in lower case, its words joined by dashes} */
  private static String kebab(String name) {
    var kebab = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean isSeparator = c == '_' || c == '$';
      if ((isSeparator || beginsWord(name, i))
          && !kebab.isEmpty()
          && kebab.charAt(kebab.length() - 1) != '-') {
        kebab.append('-');
      }
      if (!isSeparator) {
        kebab.append(Character.toLowerCase(c));
      }
    }
    return kebab.toString();
  }

  private static boolean beginsWord(String name, int at) {
    if (at == 0 || !Character.isUpperCase(name.charAt(at))) {
      return false;
    }
    boolean followsUpper = Character.isUpperCase(name.charAt(at - 1));
    return !followsUpper || (at + 1 < name.length() && Character.isLowerCase(name.charAt(at + 1)));
  }

  /**
   * {@return the topic of an event} Takes the same time however many there are.
   *
   * <p>If the event's type has no topic itself, it is that of its nearest supertype which has one.
   *
   * @param event the event
   * @param <F> the event's type
   * @throws IllegalArgumentException if there is no topic for it, or if there are two and neither's
   *     type is a subtype of the other's
   */
  @SuppressWarnings("unchecked") // the event is of the topic's type, whatever it is known as here
  public <F extends E> Topic<F> topicOf(F event) {
    Topic<? extends E> topic = event instanceof Enum<?> ? topics.get(event) : null;
    return (Topic<F>) (topic == null ? nearest.get(event.getClass()) : topic);
  }

  /**
   * {@return the topic of a type}
   *
   * @param kind a type that has a topic of its own
   * @param <F> the same
   * @throws IllegalArgumentException if it has none
   */
  @SuppressWarnings("unchecked") // a topic is kept under its own type
  public <F extends E> Topic<F> topic(Class<F> kind) {
    Topic<? extends E> topic = topics.get(kind);
    if (topic == null) {
      throw missing(kind);
    }
    return (Topic<F>) topic;
  }

  private IllegalArgumentException missing(Class<?> kind) {
    return new IllegalArgumentException(
        "an event must be of a kind that has a topic: type=%s kinds=%s"
            .formatted(kind.getTypeName(), topics.keySet().stream().map(Topics::shown).toList()));
  }

  private Topic<? extends E> nearest(Class<?> event) {
    var candidates = new ArrayList<Topic<? extends E>>();
    topics.forEach((kind, topic) -> {
      if (kind instanceof Class<?> known && known.isAssignableFrom(event)) {
        candidates.removeIf(other -> other.type().isAssignableFrom(known));
        if (candidates.stream().noneMatch(other -> known.isAssignableFrom(other.type()))) {
          candidates.add(topic);
        }
      }
    });
    if (candidates.isEmpty()) {
      throw missing(event);
    }
    if (candidates.size() > 1) {
      throw new IllegalArgumentException(
          "an event must have one nearest topic: type=%s topics=\"%s\" and \"%s\""
              .formatted(event.getTypeName(), candidates.get(0).name(), candidates.get(1).name()));
    }
    return candidates.getFirst();
  }

  /** {@return what all events of this catalogue are} */
  public Class<E> type() {
    return type;
  }

  /** {@return all topics, in the order in which the types declare them} */
  public List<Topic<? extends E>> all() {
    return List.copyOf(topics.values());
  }

  /**
   * {@return the pattern of all topics of this catalogue, {@code prefix.>}} It matches others under
   * the same prefix too.
   *
   * @throws IllegalStateException if there is not just one prefix or topic; see {@link #patterns}
   */
  public TopicPattern pattern() {
    if (patterns.size() != 1) {
      throw new IllegalStateException(
          "a catalogue has one pattern if it was made from one type: patterns=" + patterns);
    }
    return patterns.iterator().next();
  }

  /** {@return patterns that together match all topics of this catalogue} */
  public List<TopicPattern> patterns() {
    return List.copyOf(patterns);
  }

  /** {@return its topics} */
  @Override
  public String toString() {
    return "Topics" + topics.values();
  }
}
