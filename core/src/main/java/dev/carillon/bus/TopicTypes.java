package dev.carillon.bus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The payload types that are in use, by the names of their topics. Any two of one name are related:
 * one is a supertype of the other. Safe for use by any thread.
 */
final class TopicTypes {
  /*
   * Who goes on using a topic, as subscriptions and emitters do, holds its type until it is done;
   * so names that come and go leave nothing behind. A single publish only checks. The list of a
   * name is replaced in one step of the map, and never changed; the functions of the map's steps
   * call nothing of the user's.
   */
  private final ConcurrentHashMap<String, List<Use>> uses = new ConcurrentHashMap<>();

  private record Use(Class<?> type, int holders) {}

  /** Fails if the topic's type does not go with one that is held. */
  void check(Topic<?> topic) {
    List<Use> known = uses.get(topic.name());
    if (known != null) {
      check(topic, known);
    }
  }

  private static void check(Topic<?> topic, List<Use> known) {
    for (Use use : known) {
      boolean isRelated =
          use.type.isAssignableFrom(topic.type()) || topic.type().isAssignableFrom(use.type);
      if (!isRelated) {
        throw new TopicTypeException(topic.name(), use.type, topic.type());
      }
    }
  }

  /** Holds the topic's type until {@link #release}; fails if it does not go with one held. */
  void hold(Topic<?> topic) {
    uses.compute(
        topic.name(),
        (name, known) -> {
          if (known != null) {
            check(topic, known);
          }
          return changed(known, topic.type(), 1);
        });
  }

  /** Gives back what {@link #hold} took. */
  void release(Topic<?> topic) {
    uses.computeIfPresent(topic.name(), (name, known) -> changed(known, topic.type(), -1));
  }

  /** {@return the uses with more or fewer holders of a type; null if there are none left} */
  private static @Nullable List<Use> changed(
      @Nullable List<Use> known, Class<?> type, int difference) {
    var changed = new ArrayList<Use>();
    int holders = difference;
    for (Use use : known == null ? List.<Use>of() : known) {
      if (use.type.equals(type)) {
        holders += use.holders;
      } else {
        changed.add(use);
      }
    }
    if (holders > 0) {
      changed.add(new Use(type, holders));
    }
    return changed.isEmpty() ? null : List.copyOf(changed);
  }

  /** {@return how many names there are} */
  int names() {
    return uses.size();
  }
}
