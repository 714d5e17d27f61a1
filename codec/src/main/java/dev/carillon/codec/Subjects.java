package dev.carillon.codec;

import dev.carillon.bus.Topic;
import org.jspecify.annotations.Nullable;

/** Subjects of events as names of topics. */
final class Subjects {
  private Subjects() {}

  /** {@return whether a subject is the name of a topic that users may have} */
  static boolean isTopic(String subject) {
    return topic(subject) != null;
  }

  private static @Nullable Topic<Object> topic(String name) {
    try {
      return Topic.of(name, Object.class);
    } catch (IllegalArgumentException _) { // the answer, not a failure; the bus alone has the rules
      return null;
    }
  }

  /**
   * {@return the name of the topic for events whose subject is none: the event's type, in which
   * {@code _} stands for what a topic's name must not have}
   */
  static String topicOfType(String type) {
    var name = new StringBuilder();
    int start = 0;
    for (int i = 0; i <= type.length(); i++) {
      if (i == type.length() || type.charAt(i) == '.') {
        name.append(name.isEmpty() ? "" : ".").append(token(type.substring(start, i)));
        start = i + 1;
      }
    }
    return name.toString();
  }

  private static String token(String text) {
    return text.isEmpty() ? "_" : text.replaceAll("[^A-Za-z0-9_-]", "_");
  }
}
