package dev.carillon.bus;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher adds to a message: immutable, changed by its methods.
 *
 * @param headers by name
 * @param correlationId instead of that of the message being handled; null to take that over
 * @param isForParents whether subscriptions to the topics above hear it too
 */
public record PublishOptions(
    Map<String, String> headers, @Nullable String correlationId, boolean isForParents) {

  /** Nothing. */
  public static final PublishOptions NONE = new PublishOptions(Map.of(), null, false);

  /** Copies the headers. */
  public PublishOptions {
    headers = Map.copyOf(headers);
  }

  /**
   * {@return these options and a header}
   *
   * @param name its name
   * @param value its value
   */
  public PublishOptions header(String name, String value) {
    var more = new HashMap<>(headers);
    more.put(name, value);
    return new PublishOptions(more, correlationId, isForParents);
  }

  /**
   * {@return these options with a correlation id}
   *
   * @param id the same for all messages that belong together
   */
  public PublishOptions correlation(String id) {
    return new PublishOptions(headers, id, isForParents);
  }

  /**
   * {@return these options, for a message that subscriptions to the topics above hear too} One on
   * {@code a.b.c} is then given also to those who hear {@code a.b} or {@code a}, once to each; it
   * stays a message on {@code a.b.c}.
   */
  public PublishOptions toParents() {
    return new PublishOptions(headers, correlationId, true);
  }
}
