package dev.carillon.bus;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher adds to a message: immutable, changed by its methods.
 *
 * @param headers by name
 * @param correlationId instead of that of the message being handled; null to take that over
 */
public record PublishOptions(Map<String, String> headers, @Nullable String correlationId) {

  /** Nothing. */
  public static final PublishOptions NONE = new PublishOptions(Map.of(), null);

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
    return new PublishOptions(more, correlationId);
  }

  /**
   * {@return these options with a correlation id}
   *
   * @param id the same for all messages that belong together
   */
  public PublishOptions correlation(String id) {
    return new PublishOptions(headers, id);
  }
}
