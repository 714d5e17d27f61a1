package dev.carillon.testkit;

import dev.carillon.bus.Message;
import java.util.List;
import java.util.TreeMap;

/** Messages as failures show them. */
final class PrintedMessage {
  private static final int LONGEST = 200; // characters of a payload
  private static final int MOST = 100; // messages

  private PrintedMessage() {}

  static String shortened(Object payload) {
    String text = payload.toString();
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  /** {@return a line for each message, the newest if they are many} */
  static String list(List<Message<?>> messages) {
    if (messages.isEmpty()) {
      return "  nothing";
    }
    var text = new StringBuilder();
    int first = Math.max(0, messages.size() - MOST);
    if (first > 0) {
      text.append("  (%d before)%n".formatted(first));
    }
    for (int i = first; i < messages.size(); i++) {
      text.append("  %d. %s%n".formatted(i + 1, line(messages.get(i))));
    }
    return text.toString().stripTrailing();
  }

  private static String line(Message<?> message) {
    var line =
        new StringBuilder("on \"%s\": ".formatted(message.topic().name()))
            .append(shortened(message.payload()))
            .append("  id=")
            .append(message.id());
    if (message.causationId() != null) {
      line.append(" cause=").append(message.causationId());
    }
    if (message.correlationId() != null) {
      line.append(" correlation=").append(message.correlationId());
    }
    if (!message.headers().isEmpty()) {
      line.append(' ').append(new TreeMap<>(message.headers()));
    }
    return line.toString();
  }
}
